"""Version requirements of prompts, in the syntax of Cargo: `^2.1`, `=2.1.0`, `>=2, <4`, `*`."""

import re

_VERSION = re.compile(
    r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?", re.ASCII
)
_COMPARATOR = re.compile(r"(\^|~|=|>=|<=|>|<)?\s*(\d+)(?:\.(\d+|\*))?(?:\.(\d+|\*))?(?:-([0-9A-Za-z.-]+))?", re.ASCII)


def _pre_release_key(text):
    """Sorts numbers before words, and a version without a pre-release after all of them."""
    if text is None:
        return (1,)
    return (0, [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in text.split(".")])


def _matches(comparator, version, pre_release):
    found = _COMPARATOR.fullmatch(comparator)
    operator = found[1] or "^"
    given = [int(part) for part in found.group(2, 3, 4) if part not in (None, "*")]
    if len(given) < 3 and "*" in (found[3], found[4]):
        operator = "="
    least = tuple(given + [0] * (3 - len(given)))
    key, least_key = (version, _pre_release_key(pre_release)), (least, _pre_release_key(found[5]))
    if operator == ">=":
        return key >= least_key
    if operator == "<":
        return key < least_key
    if operator == ">":
        return key > least_key if len(given) == 3 else version[: len(given)] > tuple(given)
    if operator == "<=":
        return key <= least_key if len(given) == 3 else version[: len(given)] <= tuple(given)
    if operator == "=":
        return key == least_key if len(given) == 3 else version[: len(given)] == tuple(given)
    fixed = min(2, len(given)) if operator == "~" else _caret_length(given)
    return key >= least_key and version[:fixed] == least[:fixed]


def _caret_length(given):
    """Returns how many numbers may not change: up to the first that is not zero."""
    return next((place + 1 for place, number in enumerate(given) if number), len(given))


def accepts(requirement, text):
    """Returns whether a requirement accepts a version. A pre-release has to be named."""
    found = _VERSION.fullmatch(text)
    if found is None:
        return False
    version, pre_release = tuple(map(int, found.group(1, 2, 3))), found[4]
    comparators = [] if requirement == "*" else [part.strip() for part in requirement.split(",")]
    if pre_release is not None:
        named = [_COMPARATOR.fullmatch(part) for part in comparators]
        if not any(part[5] and tuple(map(int, part.group(2, 3, 4))) == version for part in named):
            return False
    return all(_matches(part, version, pre_release) for part in comparators)
