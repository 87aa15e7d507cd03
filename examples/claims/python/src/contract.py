"""Says which claims in a text are not approved.

Approved claims are kept in a table: the key is the claim in lower case, and the value is
whatever the operator remembers of its approval.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from tollgate import BadConfig, Broken, Finding, NotApplicable, Pointer, Report, Span, Subject, Text, contract
from tollgate.host import lookup

TERMS = (
    "best",
    "cheapest",
    "guaranteed",
    "clinically proven",
    "risk-free",
    "number one",
    "100% safe",
    "fda approved",
)


@dataclass(frozen=True)
class Config:
    """What the operator sets."""

    table: str = "claims"
    """The table of approved claims."""
    terms: list[str] = field(default_factory=lambda: list(TERMS))
    """What counts as a claim, in any case."""


@contract
class Claims:
    """Looks for every term at once, and each of them up once."""

    def __init__(self, config: Config) -> None:
        if "" in config.terms:
            empty = Pointer("/terms") / config.terms.index("")
            raise BadConfig(empty, "a term is empty")
        self.table = config.table
        self.pattern = pattern_of(config.terms)

    def judge(self, subject: Subject) -> Report:
        """Judges one text."""
        if not isinstance(subject.content, Text):
            raise NotApplicable("it judges texts")
        claims = list(self.pattern.finditer(subject.content.text))
        approved = self.approved(lower(claim[0]) for claim in claims)
        findings = [unapproved(claim) for claim in claims if not approved[lower(claim[0])]]
        return Report.of(findings, measures={"claims": len(claims)})

    def approved(self, terms: Iterable[str]) -> dict[str, bool]:
        """Which of the terms are in the table, asked in the order of the text."""
        distinct = dict.fromkeys(terms)
        try:
            return {term: lookup.get(self.table, term) is not None for term in distinct}
        except lookup.Error as error:
            reason = "not granted" if isinstance(error, lookup.NotGranted) else error
            raise Broken(f"the table `{self.table}` cannot be read: {reason}") from error


def unapproved(claim: re.Match[str]) -> Finding:
    """A claim that the table does not have."""
    message = f"`{claim[0]}` is a claim that is not approved"
    return Finding.error("unapproved-claim", message, at=Span.of(claim))


def pattern_of(terms: Iterable[str]) -> re.Pattern[str]:
    """Whole words, the longest term first; only the letters of ASCII have two cases."""
    longest_first = sorted(terms, key=len, reverse=True)
    alternatives = "|".join(either_case(term) for term in longest_first) or "(?!)"
    return re.compile(f"(?<![0-9A-Za-z])(?:{alternatives})(?![0-9A-Za-z])")


def either_case(term: str) -> str:
    """A pattern for the term. `re.IGNORECASE` would take a long s for an s."""
    return "".join(
        f"[{letter.lower()}{letter.upper()}]" if is_ascii_letter(letter) else re.escape(letter)
        for letter in term
    )


def lower(text: str) -> str:
    """The text with the capital letters of ASCII made small, and no others."""
    return "".join(letter.lower() if is_ascii_letter(letter) else letter for letter in text)


def is_ascii_letter(letter: str) -> bool:
    """Whether the letter is one of A to Z, in either case."""
    return letter.isascii() and letter.isalpha()
