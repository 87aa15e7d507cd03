import unittest

from tollgate import ROOT


class PointerTests(unittest.TestCase):
    def test_escapes_as_in_rfc_6901(self) -> None:
        self.assertEqual(str(ROOT / "a/b" / 3 / "m~n"), "/a~1b/3/m~0n")
        self.assertEqual(str(ROOT / ""), "/")
        self.assertEqual(str(ROOT), "")
