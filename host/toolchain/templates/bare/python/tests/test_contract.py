import unittest

from contract import Config, judge
from tollgate import Outcome, Subject


class Judging(unittest.TestCase):
    def test_a_text_passes(self) -> None:
        report = judge(Config(), Subject.of_text("Your order is on its way."))
        self.assertEqual(report.outcome, Outcome.PASS)


if __name__ == "__main__":
    unittest.main()
