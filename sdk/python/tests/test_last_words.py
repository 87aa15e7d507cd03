import linecache
import unittest

from tollgate.component.last_words import FRAMES_MAX, describe

SOURCE = "def deep(n):\n    return deep(n - 1) if n else {}['x']\n"


class LastWordsTests(unittest.TestCase):
    def describe_error(self, depth: int) -> list[str]:
        file = "/0/contract.py"
        linecache.cache[file] = (len(SOURCE), None, SOURCE.splitlines(), file)
        names: dict[str, object] = {}
        exec(compile(SOURCE, file, "exec"), names)
        try:
            names["deep"](depth)  # type: ignore[operator]
        except KeyError as error:
            return describe(error).splitlines()
        raise AssertionError

    def test_shows_file_line_and_source(self) -> None:
        message, frame, line, *_ = self.describe_error(0)
        self.assertEqual(message, "KeyError: 'x'")
        self.assertEqual(frame, "  in contract.py:2, deep")
        self.assertEqual(line, "    return deep(n - 1) if n else {}['x']")

    def test_cuts_a_recursion(self) -> None:
        frames = [line for line in self.describe_error(100) if line.startswith("  in ")]
        self.assertEqual(len(frames), FRAMES_MAX)
