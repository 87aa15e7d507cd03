import unittest

from tollgate import Finding, Progress, Report, Session, Span


class Blanks(Session):
    def __init__(self) -> None:
        self.at = 0
        self.found: list[Finding] = []

    def push(self, part: str) -> Progress:
        blanks = [self.at + at for at, character in enumerate(part) if character == " "]
        findings = [Finding.info("blank", "a blank", at=Span(at, at + 1)) for at in blanks]
        self.at += len(part)
        self.found += findings
        return Progress(settled=self.at, findings=findings)

    def finish(self) -> Report:
        return Report.of(self.found)


class SessionTests(unittest.TestCase):
    def test_whole_judges_a_text_as_one_part(self) -> None:
        in_parts = Blanks()
        for part in ("a b", " ", "", "c"):
            in_parts.push(part)
        self.assertEqual(Blanks().whole("a b c"), in_parts.finish())

    def test_settles_nothing_by_default(self) -> None:
        self.assertEqual(Progress(), Progress(settled=0, findings=[]))

    def test_requires_both_methods(self) -> None:
        class Half(Session):
            def push(self, part: str) -> Progress:
                return Progress()

        with self.assertRaisesRegex(TypeError, "finish"):
            Half()  # type: ignore[abstract]
