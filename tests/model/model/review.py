"""Reviews of held runs and audits of allowed ones."""

from .reasons import CODES, HOLD
from .units import contains_person, parse_moment, parse_span_ms, same_person

_SEVERITIES = ("info", "warning", "error", "critical")


def triggers(trigger, reasons):
    """Returns whether a condition of the gate applies to a run with these reasons."""
    if trigger is None:
        return False
    findings = [reason for reason in reasons if reason["code"] == "finding"]
    least = trigger.get("severity")
    return (
        trigger.get("always", False)
        or any(finding["rule"] in trigger.get("rules", []) for finding in findings)
        or least is not None
        and any(_SEVERITIES.index(finding["severity"]) >= _SEVERITIES.index(least) for finding in findings)
    )


def required_approvals(gate, reasons):
    review = gate.get("review", {})
    second = 2 if triggers(review.get("second-reviewer-when"), reasons) else 1
    return max(review.get("count", 1), second)


def is_escalated_at_once(gate, reasons):
    return triggers(gate.get("review", {}).get("escalate-when"), reasons)


def review_due_ms(gate, held):
    span = gate.get("review", {}).get("sla")
    return None if span is None else held["held-at"] + parse_span_ms(span)


def escalation_steps(gate, held, now_ms):
    """Returns the steps up the escalation path: one for each passed SLA, each escalation, and one if at once."""
    steps = held["escalations"] + is_escalated_at_once(gate, held["decision"]["reasons"])
    span = gate.get("review", {}).get("sla")
    if span is not None and now_ms > held["held-at"]:
        steps += (now_ms - held["held-at"]) // parse_span_ms(span)
    return steps


def escalation_holder(gate, held, now_ms):
    """Returns the name of the person with whom an escalated run is. The last one keeps it."""
    path = gate.get("review", {}).get("escalate-to", [])
    steps = escalation_steps(gate, held, now_ms)
    return path[min(steps, len(path)) - 1]["name"] if path and steps else None


def is_escalated(gate, held, now_ms):
    return bool(gate.get("review", {}).get("escalate-to")) and escalation_steps(gate, held, now_ms) > 0


def counting_approvals(gate, held, now_ms):
    """Returns who has approved a run so far. Of an escalated one, only approvals of those it was escalated to count."""
    if not is_escalated(gate, held, now_ms):
        return held["approved-by"]
    path = [holder["name"] for holder in gate["review"]["escalate-to"]]
    return [name for name in held["approved-by"] if contains_person(path, name)]


def reviewer_objections(gate, held, reviewer, action, now_ms):
    """Returns the kinds of all objections to a person as reviewer, and to their second approval."""
    review, name = gate.get("review", {}), reviewer["person"]
    authors = held["authors"] + ([gate["author"]] if "author" in gate else [])
    objections = []
    if contains_person(authors, name):
        objections.append("author")
    if contains_person(review.get("may-not", []), name):
        objections.append("excluded")
    if action["kind"] == "approve" and contains_person(held["approved-by"], name):
        objections.append("already-approved")
    if is_escalated(gate, held, now_ms):
        if not contains_person([holder["name"] for holder in review["escalate-to"]], name):
            objections.append("not-escalated-to")
    else:
        listed = [holder["name"] for holder in review.get("reviewers", [])]
        has_role = any(role in review.get("roles", []) for role in reviewer["roles"])
        if not (contains_person(listed, name) or has_role):
            objections.append("not-a-reviewer")
    claim = held["claim"]
    if claim is not None and parse_moment(claim["until"]) > now_ms and not same_person(claim["by"], name):
        objections.append("claimed")
    return objections


def _normalize(text):
    return text.strip().lower()


def checklist_objections(gate, answers):
    given = {}
    for answer in answers:
        given.setdefault(answer["item"], answer)
    objections = []
    for question in gate.get("review", {}).get("checklist", []):
        answer = given.get(question["item"])
        if answer is None:
            objections.append("unanswered")
            continue
        required = question.get("answer")
        if required is not None and _normalize(required) != _normalize(answer["answer"]):
            objections.append("wrong-answer")
        if question.get("evidence") and "evidence" not in answer:
            objections.append("evidence-missing")
    return objections


def _unliftable(held):
    return [
        "cannot-be-approved"
        for reason in held["decision"]["reasons"]
        if reason["effect"] == HOLD and CODES[reason["code"]][1] == "no"
    ]


def conclude_review(gate, held, reviewer, action, answers, now_ms):
    """Returns the next step, or the kinds of all objections."""
    objections = ["not-held"] if held["decision"]["ruling"] != "hold" else []
    objections += reviewer_objections(gate, held, reviewer, action, now_ms)
    kind = action["kind"]
    if kind in ("approve", "edit"):
        objections += checklist_objections(gate, answers)
    if kind == "approve":
        objections += _unliftable(held)
    if objections:
        return {"objections": sorted(objections)}
    if kind == "reject":
        return {"step": "rejected"}
    if kind == "escalate":
        later = held | {"escalations": held["escalations"] + 1}
        return {"step": "escalated", "to": escalation_holder(gate, later, now_ms)}
    if kind == "edit":
        # Nothing is known yet about the new text. Its decision finds out how many approvals it needs.
        return {"step": "judge-again", "by": [reviewer["person"]], "required": required_approvals(gate, [])}
    required = required_approvals(gate, held["decision"]["reasons"])
    approvers = counting_approvals(gate, held, now_ms) + [reviewer["person"]]
    if len(approvers) < required:
        return {"step": "another-person", "remaining": required - len(approvers)}
    return {"step": "decide-again", "by": approvers, "required": required}


def audit_objections(gate, run, reviewer, action, answers, now_ms):
    """Returns the kinds of all objections to a review of an output that has gone out."""
    objections = reviewer_objections(gate, run, reviewer, action, now_ms)
    if action["kind"] == "approve":
        objections += checklist_objections(gate, answers)
    return sorted(objections)


def may_claim(held, person, now_ms):
    claim = held["claim"]
    return claim is None or parse_moment(claim["until"]) <= now_ms or same_person(claim["by"], person)
