"""Facts about an output that its caller states in the context of the subject."""

import re
from fractions import Fraction

from .units import has_visible_text, is_name, parse_confidence, parse_money

_MONEY = re.compile(r"[0-9]{1,10}(\.[0-9]{1,6})?")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_MAX_TOKENS = 10**9


def _text(value):
    return value if isinstance(value, str) else None


def _texts(value):
    if isinstance(value, list) and all(isinstance(entry, str) for entry in value):
        return value
    return None


def _share(value):
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= Fraction(value) <= 1:
        return None
    return parse_confidence(value)


def _money(value):
    if isinstance(value, str) and _MONEY.fullmatch(value) and parse_money(value) <= 10**15:
        return parse_money(value)
    return None


def _tokens(value):
    return value if type(value) is int and 0 <= value <= _MAX_TOKENS else None


def _digest(value):
    return value if isinstance(value, str) and _DIGEST.fullmatch(value) else None


def _person(value):
    return value if isinstance(value, str) and is_name(value) else None


# A reader returns `None` for a value that it cannot read.
READERS = {
    "channel": _text,
    "topics": _texts,
    "model": _text,
    "confidence": _share,
    "campaign": _text,
    "data-classes": _texts,
    "region": _text,
    "brand-voice": _digest,
    "cost": _money,
    "input-tokens": _tokens,
    "output-tokens": _tokens,
    "author": _person,
}


class Facts:
    """Facts by the name of their key, `None` if not given. An unreadable value is not given."""

    def __init__(self, subject):
        context = subject.get("context", {})
        self.values = dict.fromkeys(READERS)
        self.unreadable = []
        for key, read in READERS.items():
            if context.get(key) is None:
                continue
            self.values[key] = read(context[key])
            if self.values[key] is None:
                self.unreadable.append(key)
        self.prompt = subject.get("prompt")
        output = subject.get("text", subject.get("json"))
        self.is_blank = isinstance(output, str) and not has_visible_text(output)
        self.is_invalid_json = "invalid-json" in subject
        self.is_unfenced = False
        self.tool = subject["action"]["tool"] if "action" in subject else None

    def __getitem__(self, key):
        return self.values[key]
