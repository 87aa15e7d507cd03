"""Values that people write in gate files, as numbers that compare exactly."""

import unicodedata
from datetime import date, datetime, timedelta, timezone
from fractions import Fraction
from functools import cache

DAY_MS = 24 * 60 * 60 * 1000
_EPOCH = date(1970, 1, 1)
_EPOCH_MOMENT = datetime(1970, 1, 1, tzinfo=timezone.utc)
_SPAN_UNITS_MS = {"s": 1000, "m": 60_000, "h": 3_600_000, "d": DAY_MS}
# `Default_Ignorable_Code_Point` of Unicode, which `unicodedata` does not have.
_IGNORABLE = (
    (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F),
    (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
)  # fmt: skip


def day_of(moment_ms):
    """Returns the UTC day of a moment."""
    return _EPOCH + timedelta(milliseconds=moment_ms)


def parse_day(text):
    return date.fromisoformat(text)


def end_of_day_ms(day):
    """Returns the first moment after a day."""
    return ((day - _EPOCH).days + 1) * DAY_MS


def has_ended(last_day, now_ms):
    """Returns whether a period that includes its last day is over."""
    return day_of(now_ms) > parse_day(last_day)


def parse_moment(text):
    """Returns the milliseconds since 1970 of an RFC 3339 time."""
    return (datetime.fromisoformat(text) - _EPOCH_MOMENT) // timedelta(milliseconds=1)


def parse_span_ms(text):
    return int(text[:-1]) * _SPAN_UNITS_MS[text[-1]]


def parse_money(text):
    """Returns an amount in millionths."""
    units, _, decimals = text.partition(".")
    return int(units) * 1_000_000 + int(decimals.ljust(6, "0") or "0")


@cache
def parse_share(number):
    """Returns a share in millionths. A share is exact to a millionth."""
    return int(Fraction(number) * 1_000_000 + Fraction(1, 2))


def parse_confidence(number):
    """Returns a stated confidence in millionths: of its digits as they are written, those after the sixth are cut off."""
    return int(Fraction(repr(number)) * 1_000_000)


def is_invisible(character):
    if character.isspace():
        return False
    code = ord(character)
    return unicodedata.category(character) in ("Cf", "Cc") or any(first <= code <= last for first, last in _IGNORABLE)


def has_visible_text(text):
    return any(not (one.isspace() or is_invisible(one) or one == "\u2800") for one in text)


def is_name(text):
    return has_visible_text(text) and not any(map(is_invisible, text))


@cache
def normalize_name(name):
    """Returns the form of a name in which all its spellings are equal."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return " ".join("".join(one for one in folded if not is_invisible(one)).split())


def same_person(one, other):
    return normalize_name(one) == normalize_name(other)


def contains_person(people, name):
    return any(same_person(person, name) for person in people)


def distinct_people(names):
    """Returns one spelling for each person, in the order of their first mention."""
    return list({normalize_name(name): name for name in reversed(names)}.values())[::-1]
