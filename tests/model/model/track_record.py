"""What a track record counts: distinct outputs that somebody looked at."""

# Least time of an approval that counts, if the gate sets none.
LEAST_REVIEW_MS = 5_000
# Results of cycles, the worst last.
_RESULTS = ("approved", "edited", "rejected")


def track_record(cycles, least_ms):
    """Counts cycles, each of which is an output, its result, the longest time of its approval, and a moment."""
    counting = [cycle for cycle in cycles if cycle[1] != "approved" or cycle[2] >= least_ms]
    worst = {}
    for output, result, _, _ in counting:
        worst[output] = max(worst.get(output, "approved"), result, key=_RESULTS.index)
    moments = [at_ms for _, _, _, at_ms in counting]
    return {result: list(worst.values()).count(result) for result in _RESULTS} | {
        "copies": len(counting) - len(worst),
        "too-short": len(cycles) - len(counting),
        "first-ms": min(moments, default=0),
        "last-ms": max(moments, default=0),
    }


def longest_review_ms(at_ms, begins_ms, stated_ms):
    """Returns the longest time that a review can have taken: from the latest moment at which it can have begun, or as its
    reviewer states it, if that is less."""
    measured = max(0, at_ms - max(begins_ms))
    return measured if stated_ms is None else min(measured, stated_ms)
