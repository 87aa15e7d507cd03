"""Levels of autonomy: their effects, demotions and promotions."""

from .record import missing_for_anything, missing_without_review, valid_sign_offs, weigh_score
from .units import DAY_MS, end_of_day_ms, parse_day, parse_moment, parse_share, same_person

REFUSE, EVERY_OUTPUT_HELD, SAMPLED, EXCEPTIONS_ONLY = range(4)
EFFECTS = {
    "l0-l5": {0: REFUSE, 1: EVERY_OUTPUT_HELD, 2: EVERY_OUTPUT_HELD, 3: EVERY_OUTPUT_HELD, 4: SAMPLED, 5: EXCEPTIONS_ONLY},
    "tiers-1-4": {1: EVERY_OUTPUT_HELD, 2: EVERY_OUTPUT_HELD, 3: SAMPLED, 4: EXCEPTIONS_ONLY},
}
CYCLES_MIN = 30
FIGURE_AGE_MAX_MS = 31 * DAY_MS


class Level:
    """Level that decisions use now."""

    def __init__(self, gate, state, failed, now_ms):
        autonomy, recorded = gate["autonomy"], state["level"]
        # A recorded level of another scheme means something else: the level of the file counts until it is mended.
        self.is_invalid = recorded is not None and not (
            recorded["scheme"] == autonomy["scheme"] and recorded["level"] in EFFECTS[recorded["scheme"]]
        )
        self.is_recorded = recorded is not None and not self.is_invalid
        self.scheme = autonomy["scheme"]
        # Nothing but a promotion leads above the levels at which a human approves every output.
        started = min(autonomy["level"], highest_supervised_level(self.scheme))
        self.level = min(recorded["level"] if self.is_recorded else started, highest_level(autonomy))
        self.lacks_promotion = not self.is_recorded and started < autonomy["level"]
        since_ms = parse_moment(recorded["since"]) if self.is_recorded else 0
        causes = demotion_causes(gate, state, failed, since_ms, now_ms)
        lower = demoted_level(self.scheme, self.level)
        self.demoted_from = None
        self.causes = []
        if causes and lower is not None:
            self.demoted_from, self.level, self.causes = self.level, lower, causes

    def effect(self):
        return EFFECTS[self.scheme][self.level]


def highest_level(autonomy):
    return min(autonomy.get("highest", 255), max(EFFECTS[autonomy["scheme"]]))


def highest_supervised_level(scheme):
    return max(level for level, effect in EFFECTS[scheme].items() if effect <= EVERY_OUTPUT_HELD)


def demoted_level(scheme, level):
    """Returns the level below, or `None` where no demotion leads lower: below the lowest level at which a
    human approves outputs there would be no outputs to review, and no way back up."""
    lower = EFFECTS[scheme].get(level - 1)
    return level - 1 if lower is not None and lower >= EVERY_OUTPUT_HELD else None


def demotion_causes(gate, state, failed, since_ms, now_ms):
    """Returns the causes that cost a level now, each as its kind and what tells it apart."""
    causes = []
    for threshold in gate.get("performance", []):
        reading = state["figures"].get(threshold["kpi"])
        if reading is not None and reading["is-new"]:
            if "at-least" in threshold and reading["value"] < threshold["at-least"]:
                causes.append(("threshold-broken", threshold["kpi"]))
            elif "at-most" in threshold and reading["value"] > threshold["at-most"]:
                causes.append(("threshold-broken", threshold["kpi"]))
    for incident in state["incidents"]:
        causes.append((incident["kind"], incident.get("contract", "")))
    due_ms = state["earliest-review-due"]
    if due_ms is not None and since_ms < due_ms < now_ms:
        causes.append(("review-overdue", ""))
    review_by = gate.get("review-by")
    if review_by is not None and since_ms < end_of_day_ms(parse_day(review_by)) <= now_ms:
        causes.append(("record-overdue", ""))
    causes.extend(("contract-failed", name) for name in failed)
    return causes


def promotion_objections(gate, state, record, now_ms):
    """Returns the level that a promotion leads to, and the kinds of all objections to it."""
    autonomy = gate.get("autonomy")
    if autonomy is None:
        return None, [("missing", "autonomy")]
    objections = [("missing", part) for part in missing_for_anything(gate, state["thresholds"])]
    level = Level(gate, state, [], now_ms)
    current = level.level
    objections.extend(("demotion-pending", kind) for kind, _ in level.causes)
    is_highest = current >= highest_level(autonomy)
    if is_highest:
        objections.append(("highest-level", ""))
    criteria = autonomy.get("promotion")
    if criteria is None:
        objections.append(("missing", "promotion"))
    else:
        reviewed = record["approved"] + record["edited"] + record["rejected"]
        if reviewed < max(CYCLES_MIN, criteria["reviewed-cycles"]):
            objections.append(("too-few-reviews", ""))
        # A share is exact to a millionth, and what is above is cut off.
        if record["approved"] * 1_000_000 // max(reviewed, 1) < parse_share(criteria["approval-rate"]):
            objections.append(("approval-rate-too-low", ""))
    if not is_highest and EFFECTS[level.scheme].get(current + 1, REFUSE) > EVERY_OUTPUT_HELD:
        objections.extend(("missing", part) for part in missing_without_review(gate, EFFECTS[level.scheme][current + 1] == SAMPLED))
        if not is_ready(gate, state, now_ms):
            objections.append(("not-ready", ""))
    return current + 1, objections


def is_ready(gate, state, now_ms):
    """Returns whether the points of the readiness list are met that a complete record leaves open: a label that the
    sum does not contradict, a recent figure for each threshold, and a price for each approved model."""
    weighed = weigh_score(gate, state["thresholds"])
    label = gate.get("score", {}).get("label")
    readings = [state["figures"].get(threshold["kpi"]) for threshold in gate.get("performance", [])]
    prices = gate.get("budget", {}).get("prices", {})
    return (
        (weighed is None or label in (None, weighed[1]))
        and all(
            reading is not None and parse_moment(reading["at"]) >= now_ms - FIGURE_AGE_MAX_MS for reading in readings
        )
        and all(approval["model"] in prices for approval in gate.get("approvals", []))
    )


def classify_accepter(gate, person, now_ms):
    """Returns what a person is to a promotion: its author, somebody who can accept it, or neither."""
    if "author" in gate and same_person(gate["author"], person):
        return "an author"
    accepters = [gate["owner"]["name"]] if "owner" in gate else []
    accepters.extend(sign_off["by"]["name"] for sign_off in valid_sign_offs(gate, now_ms))
    return "an accepter" if any(same_person(name, person) for name in accepters) else "somebody else"
