"""Branches that the random worlds have to take. A branch that none takes is not compared."""

from .reasons import CODES
from .record import DIMENSIONS, missing_for_anything, missing_without_review

_THRESHOLDS = {"delegate-max": 12, "human-max": 18}


def _gate_with_scores_of(value):
    return {"score": {dimension: {"value": value} for dimension in DIMENSIONS}}


# Some parts are needed only with a score in the middle, a high one, or on the loop.
_GATES = ({}, _gate_with_scores_of(3), _gate_with_scores_of(5))
NOTHING_ALLOWED_PARTS = {part for gate in _GATES for part in missing_for_anything(gate, _THRESHOLDS)}
EVERY_OUTPUT_HELD_PARTS = set(missing_without_review({"oversight": {"pattern": "on-the-loop"}}))
_HOLD_KINDS = ("pattern", "level", "not-promoted", "score", "high-risk", "not-reversible", "not-low-risk")
_CAUSES = ("threshold-broken", "incident", "rollback", "release-rollback", "review-overdue", "record-overdue", "contract-failed")
_RULINGS = ("allow", "hold", "block")
_REVIEWER_OBJECTIONS = ("author", "excluded", "already-approved", "not-a-reviewer", "not-escalated-to", "claimed")
_CHECKLIST_OBJECTIONS = ("unanswered", "wrong-answer", "evidence-missing")
_PROMOTION_OBJECTIONS = (
    "missing",
    "highest-level",
    "too-few-reviews",
    "approval-rate-too-low",
    "demotion-pending",
    "not-ready",
)
_STEPS = ("decide-again", "judge-again", "another-person", "rejected", "escalated")
# An approval that is missing is a new reason each time, so nothing lifts it.
_LIFTED = [code for code, (_, scope) in CODES.items() if scope in ("unedited", "always") and code != "approvals-missing"]
_MILDER = ("part-not-judged", "finding", "fail", "failure", "answers-missing", "unsure", "no-majority")

WORLD_BRANCHES = {
    *(f"ruling {ruling}" for ruling in (*_RULINGS, "pass", "fail")),
    *(f"would be {ruling}" for ruling in _RULINGS),
    # No rule revokes a decision: people take it back later.
    *(f"reason {code}" for code in CODES if code != "revoked"),
    *(f"reason {code}, milder" for code in _MILDER),
    *(f"lifted {code}" for code in _LIFTED),
    *(f"held by {kind}" for kind in _HOLD_KINDS),
    *(f"held by missing {part}" for part in EVERY_OUTPUT_HELD_PARTS),
    "held by missing autonomy",
    *(f"missing {part}" for part in NOTHING_ALLOWED_PARTS),
    *(f"demotion {cause}" for cause in _CAUSES),
    "demoted",
    "not demoted",
    *(f"no promotion: {objection}" for objection in _PROMOTION_OBJECTIONS),
    "promotion by an accepter",
    "promotion by an author",
    "promotion by somebody else",
    *(f"review: {step}" for step in _STEPS),
    *(f"review refused: {objection}" for objection in _REVIEWER_OBJECTIONS + _CHECKLIST_OBJECTIONS),
    "review refused: not-held",
    "review refused: cannot-be-approved",
    *(f"audit refused: {objection}" for objection in _REVIEWER_OBJECTIONS + _CHECKLIST_OBJECTIONS),
    "claimed",
    "claim refused",
}

HISTORY_BRANCHES = {
    *(
        f"event {kind}"
        for kind in ("run", "claim", "review", "level", "rollback", "incident", "kpi", "spend")
    ),
    "outputs of another level",
    "copies of an output",
    "approvals that were too short",
    "history with incidents",
    "history without incidents",
}
