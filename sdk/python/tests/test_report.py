import re
import unittest

from tollgate import Finding, Outcome, Report, Span


class ReportTests(unittest.TestCase):
    def test_outcome_follows_the_worst_finding(self) -> None:
        outcomes = {
            Outcome.PASS: [Finding.info("tone", "calm"), Finding.warning("tone", "loud")],
            Outcome.FAIL: [Finding.info("tone", "calm"), Finding.error("tone", "insult")],
        }
        for outcome, findings in outcomes.items():
            self.assertEqual(Report.of(findings).outcome, outcome)
        self.assertEqual(Report.of([Finding.critical("tone", "threat")]).outcome, Outcome.FAIL)
        self.assertEqual(Report.of().outcome, Outcome.PASS)
        self.assertEqual(Report.unsure().outcome, Outcome.UNSURE)

    def test_makes_a_span_of_a_match(self) -> None:
        match = re.search("b+", "abbc")
        assert match is not None
        self.assertEqual(Span.of(match), Span(1, 3))
