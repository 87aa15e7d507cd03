"""The decision about one output: every rule adds its reasons, and the strictest effect counts."""

from . import limits
from .contracts import ContractResults
from .facts import Facts
from .oversight import Oversight
from .reasons import Reason, ruling_of
from .record import missing_for_anything
from .review import required_approvals
from .units import contains_person, distinct_people, has_ended


class Decision:
    """Ruling, reasons and what follows from them."""

    def __init__(self, world):
        self.gate, self.state, self.now_ms = world["gate"], world["state"], world["now"]
        self.facts = Facts(world["subject"])
        self.facts.is_unfenced = world.get("is-unfenced", False)
        self.subject_digest = world["subject-digest"]
        results = ContractResults(self.gate, world["checks"], self.facts, self.now_ms)
        if self.gate.get("purpose") == "quality":
            self._judge_only(results)
            return
        oversight = Oversight(self.gate, self.state, results.failed, self.now_ms)
        self.reasons = results.reasons + oversight.reasons
        self.reasons.extend(self._record_reasons())
        self.reasons.extend(self._output_reasons())
        self._apply_approval()
        self.cost = limits.run_cost(self.gate, self.facts) if "budget" in self.gate else None
        self.audit, self.undo_until_ms, self.would_be = False, None, None
        self.ruling = ruling_of(self.reasons)
        if self.gate.get("oversight", {}).get("pattern") == "shadow":
            self.would_be = self.ruling
            self.reasons.append(Reason("shadow"))
            self.ruling = ruling_of(self.reasons)
        if self.ruling == "allow":
            notes, self.undo_until_ms = oversight.follow_up(world["run"], self.now_ms)
            self.audit = any(note.code == "sampled" for note in notes)
            self.reasons.extend(notes)

    def _judge_only(self, results):
        """Decides at a gate that delegates nothing: only what the output is and what contracts found of it counts."""
        of_output = [
            *limits.guardrail_reasons(self.gate, self.facts, self.state),
            *limits.prompt_reasons(self.gate, self.facts, self.state),
        ]
        of_output = [reason for reason in of_output if reason.code in ("output-blank", "prompt-mismatch")]
        self.reasons = results.reasons + of_output
        others = [reason for reason in self.reasons if reason.code != "nothing-passed"]
        if ruling_of(others) != "allow":
            # The others say already why nothing passed.
            self.reasons = others
        self.ruling = "pass" if ruling_of(self.reasons) == "allow" else "fail"
        self.cost, self.audit, self.undo_until_ms, self.would_be = None, False, None, None

    def _record_reasons(self):
        for part in missing_for_anything(self.gate, self.state["thresholds"]):
            yield Reason("record-incomplete", missing=part)
        if "review-by" in self.gate and has_ended(self.gate["review-by"], self.now_ms):
            yield Reason("record-overdue")

    def _output_reasons(self):
        gate, facts, state = self.gate, self.facts, self.state
        for key in facts.unreadable:
            yield Reason("context-unreadable", key=key)
        yield from limits.guardrail_reasons(gate, facts, state)
        yield from limits.budget_reasons(gate, facts, state)
        yield from limits.model_reasons(gate, facts, self.now_ms)
        yield from limits.data_reasons(gate, facts)
        yield from limits.tool_reasons(gate, facts)
        yield from limits.prompt_reasons(gate, facts, state)

    def _apply_approval(self):
        """Lifts the holds that an approval of exactly this output covers, if enough people approved it."""
        approval = self.state["approval"]
        if approval is None:
            return
        eligible = self._eligible(approval["by"]) if approval["subject"] == self.subject_digest else []
        required = max(approval["required-approvals"], required_approvals(self.gate, self._findings()))
        if len(eligible) < required:
            self.reasons.append(Reason("approvals-missing", approved=len(eligible), required=required))
            return
        for reason in self.reasons:
            reason.lifted = reason.is_lifted_by_approval(approval["edited"])
        self.reasons.append(Reason("approved"))

    def _findings(self):
        """Returns the findings of this output in the form that reviews read."""
        found = [reason for reason in self.reasons if reason.code == "finding"]
        return [{"code": "finding", **reason.details} for reason in found]

    def _eligible(self, people):
        """Returns the distinct people who are no authors and not excluded by the gate."""
        excluded = list(self.gate.get("review", {}).get("may-not", []))
        excluded += [author for author in (self.gate.get("author"), self.facts["author"]) if author]
        return [person for person in distinct_people(people) if not contains_person(excluded, person)]
