"""Watches a draft while it is being written: it may have so many characters, no line of its
prompt may stand in it, and it must not be too old.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from heapq import heapify, heappop, heappush
from operator import itemgetter

from tollgate import (
    ROOT,
    Action,
    Broken,
    Finding,
    NotApplicable,
    Outcome,
    Progress,
    Report,
    Session,
    Span,
    Subject,
    Text,
    contract,
)
from tollgate.host import clock, log, prompt_text

MS_PER_MINUTE = 60_000
CHANCE = 20
"""A line that short may stand anywhere by chance; a longer one hardly."""


@dataclass(frozen=True)
class Config:
    """What the operator sets."""

    max_characters: int = 1000
    """How many characters a draft may have."""
    leak_characters: int = 20
    """Lines of the prompt with fewer characters may stand in a draft."""
    max_minutes: int = 60
    """How many minutes ago it may have been written."""


@contract
class Drafts:
    """Judges texts, whole or while they are being written, and what `send` would send."""

    def __init__(self, config: Config) -> None:
        self.config = config

    def judge(self, subject: Subject) -> Report:
        """Judges a text, or what the tool `send` would send."""
        match subject.content:
            case Text(text):
                return self.begin(subject).whole(text)
            case Action(tool="send"):
                text = text_of_message(subject.json())
                report = self.begin(subject).whole(text)
                return replace(report, findings=list(map(in_the_arguments, report.findings)))
        raise NotApplicable("it judges texts, and what `send` would send")

    def begin(self, subject: Subject) -> Session:
        """Begins to judge a text."""
        written_at = moment_of(subject.context().get("written_at"))
        secrets = list(self.secrets(prompt_text.read() or ""))
        age = list(self.age(written_at))
        return Draft(self.config, secrets, age, unsure=written_at is None)

    def secrets(self, prompt: str) -> Iterator[str]:
        """The lines of the prompt that may not stand in a draft."""
        for line in prompt.split("\n"):
            line = line.strip(" \t\r")
            if len(line) >= self.config.leak_characters:
                yield line

    def age(self, written_at: int | None) -> Iterator[Finding]:
        """What there is to say of its age."""
        if written_at is None:
            yield Finding.info("stale", "the context does not say when it was written")
            return
        minutes = max(clock.now() - written_at, 0) // MS_PER_MINUTE
        if minutes > self.config.max_minutes:
            yield Finding.warning("stale", f"it was written {minutes} minutes ago")


class Draft(Session):
    """A draft, as far as it is written."""

    def __init__(
        self, config: Config, secrets: list[str], news: list[Finding], *, unsure: bool
    ) -> None:
        self.config = config
        self.secrets = secrets
        self.window = max(map(len, secrets), default=1)
        self.unsure = unsure
        self.rest = ""
        """What was not looked at yet: a secret may begin there whose end is still to come."""
        self.at = 0
        """Where that begins."""
        self.leak_end = 0
        """Where the secret ends that was found last."""
        self.leaks = 0
        self.news = news
        """What nobody was told yet."""
        self.told: list[Finding] = []

    def push(self, part: str) -> Progress:
        """More of the draft."""
        self.rest += part
        self.look(len(self.rest) - self.window + 1)
        news, self.news = self.news, []
        self.told += news
        # A human has to look at all of it, so nothing may go out before.
        return Progress(0 if self.unsure else self.at, news)

    def finish(self) -> Report:
        """The draft is complete."""
        self.look(len(self.rest))
        log.info(f"{self.at} characters, {self.leaks} leaks")
        report = Report.of(
            self.told + self.news, measures={"characters": self.at, "leaks": self.leaks}
        )
        if self.unsure and report.outcome is Outcome.PASS:
            return replace(report, outcome=Outcome.UNSURE)
        return report

    def look(self, characters: int) -> None:
        """Looks at so many more characters: those that nothing can still change."""
        if characters <= 0:
            return
        limit = self.config.max_characters
        found = []
        if self.at <= limit < self.at + characters:
            found.append((limit, too_long(limit)))
        start = max(self.leak_end - self.at, 0)
        for place, secret in one_behind_the_other(self.secrets, self.rest, start, characters):
            at = self.at + place
            self.leaks += 1
            self.leak_end = at + len(secret)
            found.append((at, leak(secret, Span(at, self.leak_end))))
        self.news += [finding for _, finding in sorted(found, key=itemgetter(0))]
        self.rest = self.rest[characters:]
        self.at += characters


def one_behind_the_other(
    words: Iterable[str], text: str, start: int, end: int
) -> Iterator[tuple[int, str]]:
    """Which words begin where from `start` on and before `end`, without those that begin
    within another. Of two that begin together, the longer one."""

    # A pattern would have to be compiled for every draft, and costs more than the search.
    def find(word: str) -> int:
        return text.find(word, start, end - 1 + len(word))

    upcoming = [(at, -len(word), word) for word in words if (at := find(word)) >= 0]
    heapify(upcoming)
    while upcoming:
        at, _, word = heappop(upcoming)
        if at >= start:
            yield at, word
            start = at + len(word)
        if (again := find(word)) >= 0:
            heappush(upcoming, (again, -len(word), word))


def text_of_message(arguments: object) -> str:
    """The text in what the tool `send` is called with."""
    match arguments:
        case {"text": str(text)}:
            return text
    raise Broken("`send` takes a `text`, and this is none")


def moment_of(written_at: object) -> int | None:
    """Milliseconds since 1970, where the caller knows them."""
    match written_at:
        case None:
            return None
        case int(moment) if moment >= 0 and not isinstance(moment, bool):
            return moment
    raise Broken("`written_at` in the context is no moment in milliseconds")


def in_the_arguments(finding: Finding) -> Finding:
    """The same finding, of a text that is an argument."""
    return replace(finding, at=ROOT / "text") if isinstance(finding.at, Span) else finding


def too_long(at: int) -> Finding:
    """The first character that is one too many."""
    return Finding.error("too-long", f"there are more than {at} characters", at=Span(at, at + 1))


def leak(secret: str, at: Span) -> Finding:
    """A line of the prompt, in the draft."""
    return Finding.critical(
        "prompt-leak",
        "a line of the prompt stands in the draft",
        at=at,
        fix="",
        confidence=len(secret) / (len(secret) + CHANCE),
    )
