"""Human oversight: the strictest of level, pattern, score, risk and completeness applies."""

from .levels import EVERY_OUTPUT_HELD, EXCEPTIONS_ONLY, REFUSE, SAMPLED, Level
from .reasons import Reason
from .record import is_signed_off, missing_without_review, weigh_score
from .units import parse_share, parse_span_ms

_PATTERNS = {"in-the-loop": EVERY_OUTPUT_HELD, "over-the-loop": SAMPLED}


class Oversight:
    """Oversight that the gate needs now."""

    def __init__(self, gate, state, failed, now_ms):
        self.gate = gate
        self.effect = EXCEPTIONS_ONLY
        self.hold_kinds = []
        self.reasons = []
        self.level = Level(gate, state, failed, now_ms) if "autonomy" in gate else None
        self._limit_by_pattern()
        self._limit_by_score(state, now_ms)
        if self.level is None:
            # How much the AI may do is unknown.
            self._limit(EVERY_OUTPUT_HELD, "missing autonomy")
            self.reasons.append(Reason("oversight", reasons=sorted(self.hold_kinds)))
            return
        self._limit_by_level(state)
        self._limit_by_risk(now_ms)
        if self.effect > EVERY_OUTPUT_HELD:
            for part in missing_without_review(gate, self.effect == SAMPLED):
                self._limit(EVERY_OUTPUT_HELD, f"missing {part}")
        if self.effect == EVERY_OUTPUT_HELD:
            self.reasons.append(Reason("oversight", reasons=sorted(self.hold_kinds)))

    def _limit(self, effect, hold_kind):
        self.effect = min(self.effect, effect)
        if effect == EVERY_OUTPUT_HELD:
            self.hold_kinds.append(hold_kind)

    def _limit_by_pattern(self):
        pattern = self.gate.get("oversight", {}).get("pattern")
        self._limit(_PATTERNS.get(pattern, EXCEPTIONS_ONLY), "pattern")

    def _limit_by_level(self, state):
        level = self.level
        self.reasons.extend(Reason("demotion", cause=cause) for cause in level.causes)
        if level.is_invalid:
            recorded = state["level"]
            self.reasons.append(Reason("level-invalid", scheme=recorded["scheme"], level=recorded["level"]))
        effect = level.effect()
        if effect == REFUSE:
            self.effect = REFUSE
            self.reasons.append(Reason("level-refuses", scheme=level.scheme, level=level.level))
        elif level.lacks_promotion:
            self._limit(EVERY_OUTPUT_HELD, "not-promoted")
        else:
            self._limit(effect, "level")

    def _limit_by_score(self, state, now_ms):
        weighed = weigh_score(self.gate, state["thresholds"])
        if weighed is None:
            return
        total, posture = weighed
        score = self.gate["score"]
        if posture == "human-in-the-loop":
            self._limit(SAMPLED if score.get("in-the-middle") == "audit" else EVERY_OUTPUT_HELD, "score")
        elif posture == "block":
            accepts_sign_off = score.get("when-high") == "executive-sign-off"
            self._limit(EVERY_OUTPUT_HELD, "score")
            if not (accepts_sign_off and is_signed_off(self.gate, "score", now_ms)):
                self.reasons.append(
                    Reason("score-too-high", **{"sum": total, "sign-off-would-do": accepts_sign_off})
                )

    def _limit_by_risk(self, now_ms):
        tags = self.gate.get("tags", {})
        if not is_signed_off(self.gate, "risk", now_ms):
            if tags.get("risk") == "high":
                self._limit(EVERY_OUTPUT_HELD, "high-risk")
            if tags.get("reversibility") == "not":
                self._limit(EVERY_OUTPUT_HELD, "not-reversible")
        level = self.level
        if (level.scheme, level.level) == ("tiers-1-4", 3) and tags.get("risk") != "low":
            self._limit(EVERY_OUTPUT_HELD, "not-low-risk")

    def follow_up(self, run, now_ms):
        """Returns the notes about an allowed output, and the end of its undo window."""
        notes, undo_until_ms = [], None
        oversight = self.gate.get("oversight", {})
        if self.effect == SAMPLED and is_in_sample(run, oversight.get("sample-share", 0)):
            notes.append(Reason("sampled"))
        if self.effect > EVERY_OUTPUT_HELD and oversight.get("pattern") == "on-the-loop":
            undo_until_ms = now_ms + parse_span_ms(oversight["undo-window"])
            notes.append(Reason("undo-window"))
        return notes, undo_until_ms


def is_in_sample(run, share):
    """Returns whether the first eight bytes of the run's digest are in the share of all such numbers."""
    first_bytes = int(run.removeprefix("sha256:")[:16], 16)
    return first_bytes * 1_000_000 < parse_share(share) * 2**64
