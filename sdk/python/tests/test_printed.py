import unittest

from tollgate.component import printed


class PrintedTests(unittest.TestCase):
    def setUp(self) -> None:
        self.lines: list[tuple[str, str]] = []

    def log(self, level: str, line: str) -> None:
        self.lines.append((level, line))

    def test_each_line_is_a_line_of_the_record(self) -> None:
        printed.begin(self.log)
        print("one", end="", file=printed.OUT)
        print(" and two\nthree", file=printed.OUT)
        print("careful", file=printed.ERROR)
        print("no end", end="", file=printed.OUT)
        self.assertEqual(
            self.lines, [("info", "one and two"), ("info", "three"), ("warn", "careful")]
        )
        printed.end()
        self.assertEqual(self.lines[3:], [("info", "no end")])

    def test_without_a_log_it_goes_nowhere(self) -> None:
        print("while it is configured", end="", file=printed.OUT)
        printed.begin(None)
        print("while it judges", end="", file=printed.OUT)
        printed.end()
        printed.begin(self.log)
        print("now", file=printed.OUT)
        printed.end()
        self.assertEqual(self.lines, [("info", "now")])


if __name__ == "__main__":
    unittest.main()
