import unittest

from contract import Config, judge
from tollgate import Outcome, Span, Subject


class Shouting(unittest.TestCase):
    def test_every_mark_above_the_limit_is_a_finding(self) -> None:
        report = judge(Config(max=1), Subject.of_text("Hi! Now! Go!"))
        self.assertEqual(report.outcome, Outcome.FAIL)
        self.assertEqual([finding.at for finding in report.findings], [Span(7, 8), Span(11, 12)])


if __name__ == "__main__":
    unittest.main()
