"""Compares the host's answers about one world with those of the model."""

from . import levels, review
from .decide import Decision
from .reasons import CODES, STRICTNESS
from .units import normalize_name, parse_moment, parse_money

# Details of a reason that both sides have.
_DETAILS = {
    "part-not-judged": ("contract", "at", "problem", "mode"),
    "finding": ("contract", "at", "rule", "severity", "mode"),
    "fail": ("contract", "at", "mode"),
    "unsure": ("contract", "at", "mode"),
    "no-majority": ("contract", "at", "answers", "majority", "mode"),
    "failure": ("contract", "at", "kind", "mode"),
    "answers-missing": ("contract", "at", "answers", "expected", "mode"),
    "contract-unknown": ("contract",),
    "record-incomplete": ("missing",),
    "score-too-high": ("sum", "sign-off-would-do"),
    "level-refuses": ("scheme", "level"),
    "level-invalid": ("scheme", "level"),
    "channel-not-allowed": ("channel",),
    "topic-blocked": ("topic",),
    "budget-exceeded": ("period",),
    "budget-warning": ("period",),
    "model-not-approved": ("model",),
    "model-approval-expired": ("model",),
    "data-unlisted": ("class",),
    "data-forbidden": ("class",),
    "consent-not-respected": ("class",),
    "region-not-allowed": ("class",),
    "region-unknown": ("class",),
    "tool-not-allowed": ("tool",),
    "context-unreadable": ("key",),
    "approvals-missing": ("approved", "required"),
}


def _key(code, effect, lifted, details):
    """Returns a text by which equal reasons of both sides are equal."""
    parts = [code, effect] + (["lifted"] if lifted else [])
    return " ".join(parts + [f"{name}={details.get(name)}" for name in _DETAILS.get(code, ())])


def _hold_kind(reason):
    return f"missing {reason['missing']}" if reason["kind"] == "missing" else reason["kind"]


def _host_reason(reason):
    code = reason["code"]
    key = _key(code, reason["effect"], reason.get("lifted", False), reason)
    if code == "oversight":
        key += f" {sorted(map(_hold_kind, reason['reasons']))}"
    if code == "demotion":
        cause = reason["cause"]
        key += f" {cause['kind']} {cause.get('kpi') or cause.get('contract') or ''}"
    return key


def _model_reason(reason):
    key = _key(reason.code, reason.stops(), reason.lifted, reason.details)
    if reason.code == "oversight":
        key += f" {reason.details['reasons']}"
    if reason.code == "demotion":
        key += " {} {}".format(*reason.details["cause"])
    return key


class Comparison:
    """Differences that were found in one world."""

    def __init__(self):
        self.differences = []

    def expect(self, what, host, model):
        if host != model:
            self.differences.append({"what": what, "host": host, "model": model})

    def expect_same_members(self, what, host, model):
        """Compares two lists in which order and repetition do not matter."""
        host, model = set(map(str, host)), set(map(str, model))
        for entry in sorted(host ^ model):
            side = "only the host" if entry in host else "only the model"
            self.differences.append({"what": f"{what}: {side}: {' '.join(entry.split()[:2])}", "entry": entry})


def compare_world(world, coverage):
    comparison = Comparison()
    _compare_decision(world, comparison, coverage)
    _compare_level(world, comparison, coverage)
    _compare_promotion(world, comparison, coverage)
    _compare_review(world, comparison, coverage)
    return comparison.differences


def _compare_decision(world, comparison, coverage):
    host, model = world["answer"]["decision"], Decision(world)
    comparison.expect("ruling", host["ruling"], model.ruling)
    comparison.expect("would-be", host.get("would-be"), model.would_be)
    comparison.expect("audit", host.get("audit", False), model.audit)
    undo = host.get("undo-until")
    comparison.expect("undo-until", undo and parse_moment(undo), model.undo_until_ms)
    cost = host.get("cost")
    comparison.expect("cost", cost and parse_money(cost), model.cost)
    comparison.expect_same_members("reason", map(_host_reason, host["reasons"]), map(_model_reason, model.reasons))
    effects = [STRICTNESS[reason["effect"]] for reason in host["reasons"]]
    comparison.expect("order of reasons", effects, sorted(effects, reverse=True))
    coverage[f"ruling {host['ruling']}"] += 1
    for reason in host["reasons"]:
        coverage[f"reason {reason['code']}"] += 1
        if reason.get("lifted"):
            coverage[f"lifted {reason['code']}"] += 1
        elif reason["effect"] != CODES[reason["code"]][0]:
            coverage[f"reason {reason['code']}, milder"] += 1
        if reason["code"] == "oversight":
            coverage.update(f"held by {_hold_kind(kind)}" for kind in reason["reasons"])
        if reason["code"] == "demotion":
            coverage[f"demotion {reason['cause']['kind']}"] += 1
        if reason["code"] == "record-incomplete":
            coverage[f"missing {reason['missing']}"] += 1
    if host.get("would-be"):
        coverage[f"would be {host['would-be']}"] += 1


def _compare_level(world, comparison, coverage):
    host, gate, state = world["answer"]["level"], world["gate"], world["state"]
    if "autonomy" not in gate:
        comparison.expect("level", host, None)
        return
    model = levels.Level(gate, state, [], world["now"])
    comparison.expect("level", host["level"], model.level)
    comparison.expect("scheme of level", host["scheme"], model.scheme)
    comparison.expect("level recorded", host["is-recorded"], model.is_recorded)
    comparison.expect("level before demotion", host["demoted-from"], model.demoted_from)
    comparison.expect_same_members("cause", host["causes"], map(list, model.causes))
    if host["demoted-from"] is not None:
        # A cause has one effect: once the demotion is recorded it costs no further level.
        comparison.expect("level after recording", host["after-recording"], {"level": host["level"], "causes": 0})
    coverage["demoted" if host["causes"] else "not demoted"] += 1


def _compare_promotion(world, comparison, coverage):
    host, gate = world["answer"]["promotion"], world["gate"]
    to, objections = levels.promotion_objections(gate, world["state"], world["track-record"], world["now"])
    refused = host.get("objections", [])
    if any(kind == "missing" for kind, _ in refused):
        # A missing part can leave a point of the readiness list open, too. It is named once.
        refused, objections = (
            [objection for objection in side if objection[0] != "not-ready"] for side in (refused, objections)
        )
    comparison.expect_same_members("promotion", refused, map(list, objections))
    coverage.update(f"no promotion: {kind}" for kind, _ in host.get("objections", []))
    if "to" in host and not objections:
        comparison.expect("promoted level", host["to"], to)
        person = world["review"]["reviewer"]["person"]
        accepter = levels.classify_accepter(gate, person, world["now"])
        comparison.expect("promotion accepted", host["accepted-by"], accepter)
        coverage[f"promotion by {accepter}"] += 1


def _compare_review(world, comparison, coverage):
    host, gate, now_ms = world["answer"]["review"], world["gate"], world["now"]
    held, reviewed = world["held"], world["review"]
    reasons = held["decision"]["reasons"]
    comparison.expect("required approvals", host["required-approvals"], review.required_approvals(gate, reasons))
    comparison.expect("escalated at once", host["escalated-at-once"], review.is_escalated_at_once(gate, reasons))
    comparison.expect("review due", host["due"], review.review_due_ms(gate, held))
    comparison.expect("escalation steps", host["steps"], review.escalation_steps(gate, held, now_ms))
    comparison.expect("escalation holder", host["holder"], review.escalation_holder(gate, held, now_ms))
    arguments = (gate, held, reviewed["reviewer"], reviewed["action"], reviewed["answers"], now_ms)
    model = review.conclude_review(*arguments)
    concluded = host["concluded"]
    action = reviewed["action"]["kind"]
    if "objections" in concluded or "objections" in model:
        comparison.expect_same_members(
            f"review {action}", concluded.get("objections", []), model.get("objections", [])
        )
        coverage.update(f"review refused: {kind}" for kind in concluded.get("objections", []))
    else:
        comparison.expect("next step", _step(concluded, world), _step(model, world))
        coverage[f"review: {concluded['step']}"] += 1
    audit = review.audit_objections(*arguments)
    comparison.expect_same_members(f"audit {action}", host["audit"]["objections"], audit)
    coverage.update(f"audit refused: {kind}" for kind in host["audit"]["objections"])
    claimed = review.may_claim(held, reviewed["reviewer"]["person"], now_ms)
    comparison.expect("claimed", host["claimed"], claimed)
    coverage["claimed" if host["claimed"] else "claim refused"] += 1


def _step(step, world):
    """Returns what follows from a review, with the people in one spelling."""
    people = sorted(map(normalize_name, step.get("by", [])))
    if "subject" in step:
        is_edit = step["step"] == "judge-again"
        expected = world["review"]["action"]["edited"] if is_edit else world["subject-digest"]
        if step["subject"] != expected or step["edited"] != is_edit:
            return "an approval of another output"
    return [step["step"], people, step.get("required"), step.get("remaining"), step.get("to")]
