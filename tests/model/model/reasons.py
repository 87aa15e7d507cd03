"""Reasons for a decision, and the table of codes in `docs/decide.md`."""

NOTE, HOLD, BLOCK = "note", "hold", "block"
STRICTNESS = {NOTE: 0, HOLD: 1, BLOCK: 2}
RULINGS = {NOTE: "allow", HOLD: "hold", BLOCK: "block"}

# Code: effect, and the outputs that an approval lifts a hold for. `unedited` is the exact output that the
# reviewers saw, `always` also one that a reviewer edited.
CODES = {
    "not-json": (BLOCK, "no"),
    "unfenced": (NOTE, ""),
    "part-not-judged": (BLOCK, "unedited"),
    "finding": (BLOCK, "unedited"),
    "fail": (BLOCK, "unedited"),
    "unsure": (HOLD, "unedited"),
    "no-majority": (HOLD, "unedited"),
    "failure": (BLOCK, "unedited"),
    "answers-missing": (BLOCK, "unedited"),
    "contract-unknown": (HOLD, "no"),
    "nothing-passed": (HOLD, "unedited"),
    "only-probabilistic": (HOLD, "unedited"),
    "record-incomplete": (HOLD, "no"),
    "score-too-high": (BLOCK, "no"),
    "oversight": (HOLD, "always"),
    "level-refuses": (BLOCK, "no"),
    "level-invalid": (HOLD, "no"),
    "demotion": (NOTE, ""),
    "shadow": (BLOCK, "no"),
    "channel-not-allowed": (BLOCK, "no"),
    "channel-unknown": (HOLD, "unedited"),
    "topic-blocked": (BLOCK, "no"),
    "topics-unknown": (HOLD, "unedited"),
    "brand-voice-changed": (HOLD, "no"),
    "brand-voice-mismatch": (BLOCK, "no"),
    "budget-exceeded": (BLOCK, "no"),
    "budget-warning": (NOTE, ""),
    "cost-unknown": (HOLD, "no"),
    "campaign-unknown": (HOLD, "no"),
    "confidence-low": (HOLD, "unedited"),
    "confidence-unknown": (HOLD, "unedited"),
    "model-not-approved": (BLOCK, "no"),
    "model-approval-expired": (HOLD, "no"),
    "model-unknown": (HOLD, "no"),
    "data-unknown": (HOLD, "no"),
    "data-unlisted": (HOLD, "no"),
    "data-forbidden": (BLOCK, "no"),
    "consent-not-respected": (HOLD, "no"),
    "region-not-allowed": (BLOCK, "no"),
    "region-unknown": (HOLD, "no"),
    "output-blank": (BLOCK, "no"),
    "tool-not-allowed": (BLOCK, "no"),
    "prompt-mismatch": (BLOCK, "no"),
    "prompt-unknown": (HOLD, "no"),
    "context-unreadable": (HOLD, "no"),
    "approvals-missing": (HOLD, "always"),
    "record-overdue": (NOTE, ""),
    "revoked": (BLOCK, "no"),
    "approved": (NOTE, ""),
    "sampled": (NOTE, ""),
    "undo-window": (NOTE, ""),
}


class Reason:
    """One reason, with the details that tell it from others of its code."""

    def __init__(self, code, effect=None, **details):
        self.code = code
        self.effect = CODES[code][0] if effect is None else effect
        self.lifted = False
        self.details = details

    def stops(self):
        """Returns how strictly the reason counts: a lifted one does not."""
        return NOTE if self.lifted else self.effect

    def is_lifted_by_approval(self, edited):
        """Returns whether an approval lifts it. A block is never lifted."""
        scope = CODES[self.code][1]
        return self.effect == HOLD and scope in (("always",) if edited else ("always", "unedited"))


def ruling_of(reasons):
    """Returns the ruling of the strictest reason; without a reason an output is allowed."""
    strictest = max((reason.stops() for reason in reasons), key=STRICTNESS.get, default=NOTE)
    return RULINGS[strictest]
