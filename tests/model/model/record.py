"""Parts that a gate record lacks, sign-offs, and the delegation score."""

from .units import day_of, has_ended, parse_day, same_person

DIMENSIONS = (
    "outcome-criticality",
    "scope-and-time-horizon",
    "data-sensitivity",
    "model-reliability",
    "reputational-risk",
    "cost-efficiency",
)
ACCESS_KINDS = ("see", "infer", "store", "change", "trigger")
DATA_ANSWERS = (
    "may-be-uploaded",
    "may-be-retained",
    "may-be-used-for-training",
    "anonymised",
    "region-restricted",
    "consent-respected",
)
CAPS = {"day": "per-day", "week": "per-week", "month": "per-month", "campaign": "per-campaign"}


def weigh_score(gate, thresholds):
    """Returns the sum that counts and its posture, or `None` while a value is missing."""
    score = gate.get("score", {})
    if any(dimension not in score for dimension in DIMENSIONS):
        return None
    inverted = score.get("invert", [])
    values = ((dimension, score[dimension]["value"]) for dimension in DIMENSIONS)
    total = sum(6 - value if dimension in inverted else value for dimension, value in values)
    if total <= thresholds["delegate-max"]:
        return total, "delegate"
    return total, "human-in-the-loop" if total <= thresholds["human-max"] else "block"


def is_signed_off(gate, scope, now_ms):
    return any(sign_off["of"] == scope for sign_off in valid_sign_offs(gate, now_ms))


def valid_sign_offs(gate, now_ms):
    """Returns the sign-offs that are valid today. One by the author of the record does not count."""
    author = gate.get("author")
    return [
        sign_off
        for sign_off in gate.get("sign-offs", [])
        if parse_day(sign_off["on"]) <= day_of(now_ms)
        and not ("until" in sign_off and has_ended(sign_off["until"], now_ms))
        and not (author is not None and same_person(sign_off["by"]["name"], author))
    ]


def missing_for_anything(gate, thresholds):
    """Returns the missing parts without which the gate allows nothing."""
    review, tags, oversight = gate.get("review", {}), gate.get("tags", {}), gate.get("oversight", {})
    contracts, access, data = gate.get("contracts", []), gate.get("access", []), gate.get("data")
    weighed = weigh_score(gate, thresholds)
    posture = None if weighed is None else weighed[1]
    present = {
        "task": "task" in gate,
        "objective": "objective" in gate,
        "owner": "owner" in gate,
        "author": "author" in gate,
        "score": weighed is not None,
        "in-the-middle": posture != "human-in-the-loop" or "in-the-middle" in gate.get("score", {}),
        "when-high": posture != "block" or "when-high" in gate.get("score", {}),
        "autonomy": "autonomy" in gate,
        "pattern": "pattern" in oversight,
        "tags": "risk" in tags and "reversibility" in tags,
        "prompt": "prompt" in gate,
        "contracts": any(binding.get("mode", "enforce") == "enforce" for binding in contracts),
        "reviewers": bool(review.get("reviewers") or review.get("roles")),
        "review-sla": "sla" in review,
        "checklist": bool(review.get("checklist")),
        "second-reviewer": "second-reviewer-when" in review,
        "escalation": "escalate-when" in review,
        "escalation-path": bool(review.get("escalate-to")),
        "rollback": "rollback" in oversight,
        "audit": "audit" in gate,
        "cost-centre": "cost-centre" in gate,
        "budget": any(key in gate.get("budget", {}) for key in CAPS.values()),
        "access": bool(access) and all(kind in system for system in access for kind in ACCESS_KINDS),
        "data": data is not None and all(answer in entry for entry in data for answer in DATA_ANSWERS),
        "model-approval": bool(gate.get("approvals")),
        "review-by": "review-by" in gate,
    }
    return [part for part, is_present in present.items() if not is_present]


def missing_without_review(gate, is_sampled=True):
    """Returns the missing parts without which every output is held. A share is needed where outputs are sampled,
    an undo window on the loop."""
    oversight, guardrails = gate.get("oversight", {}), gate.get("guardrails", {})
    present = {
        "sample-share": not is_sampled or "sample-share" in oversight,
        "undo-window": oversight.get("pattern") != "on-the-loop" or "undo-window" in oversight,
        "promotion": "promotion" in gate.get("autonomy", {}),
        "channels": bool(guardrails.get("channels")),
        "blocked-topics": "blocked-topics" in guardrails,
        "brand-voice": "brand-voice" in guardrails,
        "performance": bool(gate.get("performance")),
    }
    return [part for part, is_present in present.items() if not is_present]
