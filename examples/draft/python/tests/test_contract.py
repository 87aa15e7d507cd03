import unittest
from typing import Any

from contract import Config, Drafts
from tollgate import ROOT, Broken, NotApplicable, Outcome, Report, Span, Subject, Text
from tollgate.testing import given

NOW = 1_790_000_000_000
MINUTE = 60_000
PROMPT = "You write for Acme.\n   Grüße alle Kunden! 🦊  \r\nshort line\nshort line, and more of it"


def drafts(**config: Any) -> Drafts:
    return Drafts(Config(**config))


def draft(text: str, written_at: str = str(NOW)) -> Subject:
    return Subject(Text(text), context_json=f'{{"written_at": {written_at}}}')


def judge(text: str, **config: Any) -> Report:
    with given(clock=NOW, prompt_text=PROMPT):
        return drafts(**config).judge(draft(text))


def places(report: Report) -> list[tuple[str, object]]:
    return [(finding.rule, finding.at) for finding in report.findings]


class TheDraft(unittest.TestCase):
    def test_the_first_character_too_many_is_named(self) -> None:
        self.assertEqual(judge("äöü", max_characters=3).outcome, Outcome.PASS)
        report = judge("äöüß!", max_characters=3)
        self.assertEqual(places(report), [("too-long", Span(3, 4))])
        self.assertEqual(report.measures, {"characters": 5, "leaks": 0})

    def test_lines_of_the_prompt_leak(self) -> None:
        report = judge("👩‍🚀 Grüße alle Kunden! 🦊 short line, and more of it", leak_characters=10)
        expected = [("prompt-leak", Span(4, 24)), ("prompt-leak", Span(25, 51))]
        self.assertEqual(places(report), expected)
        self.assertEqual(report.findings[0].confidence, 0.5)

    def test_after_a_leak_the_search_goes_on_behind_it(self) -> None:
        with given(clock=NOW, prompt_text="aa\naaa"):
            report = drafts(leak_characters=2).judge(draft("aaaaa"))
        self.assertEqual(places(report), [("prompt-leak", Span(0, 3)), ("prompt-leak", Span(3, 5))])

    def test_findings_are_in_the_order_of_their_places(self) -> None:
        report = judge("short line short line", max_characters=11, leak_characters=10)
        leaks = [("prompt-leak", Span(0, 10)), ("prompt-leak", Span(11, 21))]
        self.assertEqual(places(report), [leaks[0], ("too-long", Span(11, 12)), leaks[1]])

    def test_it_must_not_be_too_old(self) -> None:
        for minutes, found in ((60, []), (61, [("stale", None)]), (-1, [])):
            with given(clock=NOW + minutes * MINUTE):
                self.assertEqual(places(drafts().judge(draft("old"))), found)
        with given(clock=NOW):
            self.assertEqual(drafts().judge(Subject.of_text("?")).outcome, Outcome.UNSURE)
            for no_moment in ('"yesterday"', "-1", "1.5", "true"):
                with self.assertRaisesRegex(Broken, "is no moment"):
                    drafts().judge(draft("?", no_moment))

    def test_what_would_be_sent_is_a_draft(self) -> None:
        with given(clock=NOW, prompt_text=PROMPT):
            sent = Subject.of_action("send", {"text": "12345", "to": "dana"})
            report = drafts(max_characters=3).judge(sent)
            self.assertEqual(places(report), [("stale", None), ("too-long", ROOT / "text")])
            with self.assertRaisesRegex(Broken, "`send` takes a `text`"):
                drafts().judge(Subject.of_action("send", {"to": "dana"}))
            for other in (Subject.of_action("delete", {"text": ""}), Subject.of_json({})):
                with self.assertRaisesRegex(NotApplicable, "what `send` would send"):
                    drafts().judge(other)

    def test_what_was_counted_is_logged(self) -> None:
        with given(clock=NOW, prompt_text=PROMPT) as world:
            drafts().judge(draft("Grüße alle Kunden! 🦊"))
        self.assertEqual(world.logged, [("info", "20 characters, 1 leaks")])


class TheDraftInParts(unittest.TestCase):
    def check_cuts(self, text: str, prompt: str, **config: int) -> None:
        with given(clock=NOW, prompt_text=prompt):
            whole = drafts(**config).judge(draft(text))
        for size in range(1, len(text)):
            with given(clock=NOW, prompt_text=prompt):
                session = drafts(**config).begin(draft(""))
                told = []
                for start in range(0, len(text), size):
                    told += session.push(text[start : start + size]).findings
                report = session.finish()
            self.assertEqual(report, whole)
            self.assertEqual(report.findings[: len(told)], told)

    def test_how_it_is_cut_never_matters(self) -> None:
        text = "x short line, and more of short line, and more of it 🦊 short line"
        self.check_cuts(text, PROMPT, leak_characters=10, max_characters=40)
        self.check_cuts("aaaaa", "aa\naaa", leak_characters=2)

    def test_what_may_begin_a_secret_is_not_settled(self) -> None:
        with given(clock=NOW, prompt_text="abcde"):
            session = drafts(leak_characters=5).begin(draft(""))
            settled = [session.push(part).settled for part in ("ab", "cd", "efg", "")]
        self.assertEqual(settled, [0, 0, 3, 3])

    def test_a_draft_of_unknown_age_settles_nothing(self) -> None:
        with given(clock=NOW):
            session = drafts().begin(Subject.of_text(""))
            progress = session.push("a long text")
        self.assertEqual((progress.settled, len(progress.findings)), (0, 1))


if __name__ == "__main__":
    unittest.main()
