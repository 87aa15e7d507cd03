"""The rules about results of contracts."""

from collections import Counter

from .reasons import BLOCK, HOLD, NOTE, STRICTNESS, Reason
from .units import has_ended

ON_FAIL_DEFAULT = {"critical": BLOCK, "error": BLOCK, "warning": HOLD, "info": HOLD}
_CONTRADICTIONS = ("error", "critical")


def binding_id(binding):
    return binding.get("as") or binding["contract"].split("@")[0]


def outcome_of(report):
    """Returns the outcome that counts: a `pass` with an error contradicts itself and is a `fail`."""
    has_error = any(finding["severity"] in _CONTRADICTIONS for finding in report["findings"])
    return "fail" if report["outcome"] == "pass" and has_error else report["outcome"]


def vote(binding, reports):
    """Returns the outcome that enough reports have, or `None`, and the number that is enough."""
    counts = Counter(map(outcome_of, reports))
    required = binding.get("majority", binding.get("repeat", 1) // 2 + 1)
    enough = max(required, len(reports) // 2 + 1)
    agreed = [outcome for outcome in ("fail", "unsure", "pass") if counts[outcome] >= enough]
    return (agreed[0] if agreed else None), enough, counts


def _has_failure(check):
    return any(verdict["result"]["verdict"] == "failure" for verdict in check["verdicts"])


def _has_judged(binding, check):
    part = check.get("part")
    return ("at" in binding) == (part is not None) and not (part and "problem" in part)


def _place_in_document(at, place):
    """Returns the pointer of a finding in the whole document; `None` if the contract judged all of it."""
    if at is None:
        return None
    return at + place["pointer"] if isinstance(place, dict) and "pointer" in place else at


class ContractResults:
    """Reasons of all contracts, and the enforced contracts whose failure costs the gate a level."""

    def __init__(self, gate, checks, facts, now_ms):
        self.reasons = []
        self.failed = []
        if facts.is_unfenced:
            self.reasons.append(Reason("unfenced"))
        if facts.is_invalid_json:
            # No contract is asked about it.
            self.reasons.append(Reason("not-json"))
            return
        passed = []
        bindings = {binding_id(binding): binding for binding in gate.get("contracts", [])}
        for check in checks:
            if check["contract"] not in bindings:
                self.reasons.append(Reason("contract-unknown", contract=check["contract"]))
        for name, binding in bindings.items():
            own = [check for check in checks if check["contract"] == name]
            if not own:
                self._add_missing(name, binding, None, [], now_ms)
            results = [self._add_check(name, binding, check, now_ms) for check in own]
            has_passed = bool(own) and all(results)
            if binding.get("mode", "enforce") == "enforce":
                # The output may be to blame for a failure, unless the contract fails on an ordinary output, too.
                judged = [check for check in own if _has_judged(binding, check)]
                if any(check.get("fails-ordinary", False) and _has_failure(check) for check in judged):
                    self.failed.append(name)
                # A contract of which every part is missing has judged nothing.
                if has_passed and judged:
                    is_deterministic = all(check["determinism"] == "deterministic" for check in own)
                    passed.append("deterministic" if is_deterministic else "probabilistic")
        if not passed:
            self.reasons.append(Reason("nothing-passed"))
        elif "probabilistic" in passed and "deterministic" not in passed:
            if "allow-on-probabilistic-alone" not in gate:
                self.reasons.append(Reason("only-probabilistic"))

    def _add_check(self, name, binding, check, now_ms):
        """Adds the reasons of one check: of the whole output, or of a part of a document. Returns whether it passes."""
        part = check.get("part")
        at = part and part["at"]
        if ("at" in binding) != (part is not None):
            # The contract judged something else than the gate says.
            self._add_missing(name, binding, at, [], now_ms)
            return False
        if part and "problem" in part:
            problem = part["problem"]
            passes = problem == "absent" and binding.get("when-absent") == "pass"
            effect = NOTE if passes else self._not_evaluated_effect(binding, now_ms)
            mode = binding.get("mode", "enforce")
            self.reasons.append(Reason("part-not-judged", effect, contract=name, at=at, problem=problem, mode=mode))
            return passes
        verdicts = [verdict["result"] for verdict in check["verdicts"]]
        is_complete = self._add_missing(name, binding, at, verdicts, now_ms)
        return self._add_vote(name, binding, at, verdicts) and is_complete

    @staticmethod
    def _not_evaluated_effect(binding, now_ms):
        mode = binding.get("mode", "enforce")
        fail_open = binding.get("fail-open")
        is_excused = mode == "advise" and fail_open is not None and not has_ended(fail_open["until"], now_ms)
        return {
            "enforce": binding.get("on-failure", BLOCK),
            "advise": NOTE if is_excused else HOLD,
            "shadow": NOTE,
        }[mode]

    def _add_missing(self, name, binding, at, verdicts, now_ms):
        """Adds failures and missing answers. Returns whether there are none."""
        mode = binding.get("mode", "enforce")
        effect = self._not_evaluated_effect(binding, now_ms)
        failures = [verdict for verdict in verdicts if verdict["verdict"] == "failure"]
        for failure in failures:
            self.reasons.append(Reason("failure", effect, contract=name, at=at, kind=failure["kind"], mode=mode))
        expected = binding.get("repeat", 1)
        if len(verdicts) < expected:
            self.reasons.append(
                Reason(
                    "answers-missing",
                    effect,
                    contract=name,
                    at=at,
                    answers=len(verdicts),
                    expected=expected,
                    mode=mode,
                )
            )
        return not failures and len(verdicts) >= expected

    def _add_vote(self, name, binding, at, verdicts):
        """Adds the reasons of the reports. Returns whether their vote is a pass."""
        mode = binding.get("mode", "enforce")
        reports = [verdict for verdict in verdicts if verdict["verdict"] == "report"]
        if not reports:
            return False
        outcome, enough, counts = vote(binding, reports)

        def effect(counted):
            return counted if mode == "enforce" else NOTE

        on_fail = ON_FAIL_DEFAULT | binding.get("on-fail", {})
        has_counted = False
        for report in reports:
            is_counted = outcome == "fail" and outcome_of(report) == "fail"
            for finding in report["findings"]:
                has_counted |= is_counted
                severity = finding["severity"]
                self.reasons.append(
                    Reason(
                        "finding",
                        effect(on_fail[severity]) if is_counted else NOTE,
                        contract=name,
                        at=_place_in_document(at, finding.get("place")),
                        rule=finding["rule"],
                        severity=severity,
                        mode=mode,
                    )
                )
        if outcome == "fail" and not has_counted:
            # One more finding must never make a decision milder.
            mildest = min(on_fail.values(), key=STRICTNESS.get)
            self.reasons.append(Reason("fail", effect(mildest), contract=name, at=at, mode=mode))
        if outcome == "unsure":
            self.reasons.append(Reason("unsure", effect(HOLD), contract=name, at=at, mode=mode))
        if outcome is None:
            answers = {key: counts[key] for key in ("fail", "pass", "unsure")}
            self.reasons.append(
                Reason(
                    "no-majority", effect(HOLD), contract=name, at=at, answers=answers, majority=enough, mode=mode
                )
            )
        return outcome == "pass"
