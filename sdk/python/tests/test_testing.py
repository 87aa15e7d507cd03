import unittest

from tollgate.host import clock, log, lookup, prompt_text
from tollgate.testing import given


class FakeHostTests(unittest.TestCase):
    def test_answers_what_was_given(self) -> None:
        with given(clock=7, prompt_text="Be brief.", tables={"claims": {"best": "yes"}}) as world:
            self.assertEqual((clock.now(), prompt_text.read()), (7, "Be brief."))
            self.assertEqual(lookup.get("claims", "best"), "yes")
            self.assertEqual(lookup.contains_any("claims", ["worst", "best"]), [False, True])
            with self.assertRaises(lookup.NotGranted):
                lookup.get("prices", "best")
            log.warn("odd")
        self.assertEqual(world.logged, [("warn", "odd")])

    def test_raises_outside_of_given(self) -> None:
        with self.assertRaisesRegex(RuntimeError, "in a test, use `tollgate.testing.given`"):
            clock.now()
