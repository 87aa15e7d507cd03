import unittest

from contract import Claims, Config
from tollgate import Broken, NotApplicable, Outcome, Span, Subject
from tollgate.testing import given

APPROVED = {"claims": {"best": "legal-2026-17"}}


class TheClaims(unittest.TestCase):
    def test_an_approved_claim_is_no_finding(self) -> None:
        with given(tables=APPROVED):
            report = Claims(Config()).judge(Subject.of_text("The best and the Cheapest tea"))
        self.assertEqual(report.outcome, Outcome.FAIL)
        self.assertEqual([finding.at for finding in report.findings], [Span(17, 25)])
        self.assertEqual(report.measures, {"claims": 2})

    def test_the_longest_term_wins(self) -> None:
        with given(tables=APPROVED):
            config = Config(terms=["best", "best tea"])
            report = Claims(config).judge(Subject.of_text("best tea"))
        self.assertEqual(report.findings[0].message, "`best tea` is a claim that is not approved")

    def test_a_table_that_is_not_granted_is_no_pass(self) -> None:
        words = "the table `claims` cannot be read: not granted"
        with given(), self.assertRaisesRegex(Broken, words):
            Claims(Config()).judge(Subject.of_text("the best"))

    def test_it_judges_texts(self) -> None:
        with self.assertRaisesRegex(NotApplicable, "it judges texts"):
            Claims(Config()).judge(Subject.of_json({}))


if __name__ == "__main__":
    unittest.main()
