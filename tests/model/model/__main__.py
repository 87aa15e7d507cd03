"""Reads worlds and histories as JSON lines from standard input, and compares the host's answers with the model's.

Writes one JSON document: the number of worlds, the differences, and how often each branch was taken.
"""

import json
import sys
from collections import Counter

from .compare import compare_world
from .compare_history import compare_history
from .coverage import HISTORY_BRANCHES, WORLD_BRANCHES

DIFFERENCES_SHOWN = 20


def main():
    compared, different, shown = 0, 0, []
    coverage, kinds, expected = Counter(), Counter(), set()
    for line in sys.stdin:
        world = json.loads(line)
        is_history = "events" in world
        expected.update(HISTORY_BRANCHES if is_history else WORLD_BRANCHES)
        differences = (compare_history if is_history else compare_world)(world, coverage)
        compared += 1
        if differences:
            different += 1
            kinds.update(difference["what"] for difference in differences)
            if len(shown) < DIFFERENCES_SHOWN:
                shown.append({"number": world["number"], "differences": differences})
    result = {
        "compared": compared,
        "different": different,
        "differences": {"by-kind": dict(kinds.most_common()), "first": shown},
        "coverage": dict(sorted(coverage.items())),
        "untaken": sorted(expected - set(coverage)),
    }
    json.dump(result, sys.stdout)


main()
