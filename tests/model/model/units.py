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


# Symbols without ink.
_BLANK = "\u2800\U0001d159\U00016fe4"
# Small capitals, letters without a dot, and phonetic letters that no name has, with the letters that they look like.
_LOOK_ALIKE = str.maketrans(
    dict(zip("ᴀɑʙᴄᴅᴇꜰɢɡʜɪıᴊȷᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "aabcdefgghiijjklmnoprstuvwyz"))
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212", "-")
    | dict.fromkeys(
        "`\u00b4\u02b9\u02bb\u02bc\u02bd\u02c8\u02ca\u02cb\u2018\u2019\u201b\u2032\u2035\ua78b\ua78c", "'"
    )
)
# Marks for letters of any alphabet.
_ACCENTS = ((0x300, 0x36F), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE20, 0xFE2F))
# Alphabets with letters that look alike, as the names of their letters begin.
_ALPHABETS = {"LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU"}


def is_invisible(character):
    if character in _BLANK:
        return True
    if character.isspace():
        return False
    code = ord(character)
    return unicodedata.category(character) in ("Cf", "Cc") or any(first <= code <= last for first, last in _IGNORABLE)


def _is_meaningless(character):
    return character == "\ufffc" or unicodedata.category(character) in ("Co", "Cn")


def has_visible_text(text):
    hidden = (str.isspace, is_invisible, _is_meaningless, lambda one: unicodedata.category(one) in ("Mn", "Me"))
    return any(not any(is_hidden(one) for is_hidden in hidden) for one in text)


def mixes_alphabets(text):
    """Returns whether a word has letters of two alphabets that look alike."""
    words = "".join(one if one.isalpha() or unicodedata.category(one)[0] == "M" else " " for one in text).split()
    return any(len(_ALPHABETS & {unicodedata.name(one, "").split(" ")[0] for one in word}) > 1 for word in words)


def is_name(text):
    if not has_visible_text(text) or any(is_invisible(one) or _is_meaningless(one) for one in text):
        return False
    return not mixes_alphabets(normalize_name(text))


def _is_punctuation(character):
    return unicodedata.category(character)[0] in "PS"


def _strip_punctuation(word):
    while word and _is_punctuation(word[0]):
        word = word[1:]
    while word and _is_punctuation(word[-1]):
        word = word[:-1]
    return word


@cache
def normalize_name(name):
    """Returns the form of a name in which all its spellings are equal."""
    name = "".join(one for one in name if not is_invisible(one)).translate(_LOOK_ALIKE)
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    words = "".join(one for one in folded if not is_invisible(one)).translate(_LOOK_ALIKE).split()
    return " ".join(filter(None, map(_strip_punctuation, words))) or " ".join(words)


@cache
def normalize_topic(topic):
    """Returns a topic as a name without accents."""
    letters = unicodedata.normalize("NFKD", topic)
    return normalize_name("".join(o for o in letters if not any(a <= ord(o) <= z for a, z in _ACCENTS)))


def same_topic(one, other):
    """Compares normalized topics by their letters, or as they are if the first has none."""
    letters = ["".join(o for o in topic if not (o.isspace() or _is_punctuation(o))) for topic in (one, other)]
    return letters[0] == letters[1] if letters[0] else one == other


def same_person(one, other):
    return normalize_name(one) == normalize_name(other)


def contains_person(people, name):
    return any(same_person(person, name) for person in people)


def distinct_people(names):
    """Returns one spelling for each person, in the order of their first mention."""
    return list({normalize_name(name): name for name in reversed(names)}.values())[::-1]
