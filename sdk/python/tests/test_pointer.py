import unittest

from tollgate import ROOT


class ThePointer(unittest.TestCase):
    def test_it_is_written_as_the_rfc_says(self) -> None:
        self.assertEqual(str(ROOT / "a/b" / 3 / "m~n"), "/a~1b/3/m~0n")
        self.assertEqual(str(ROOT / ""), "/")
        self.assertEqual(str(ROOT), "")
