import unittest

from tollgate import NotApplicable, Subject


class TheSubject(unittest.TestCase):
    def test_the_wrong_kind_is_refused_by_name(self) -> None:
        words = "this contract judges a text, and the subject is a JSON document"
        with self.assertRaisesRegex(NotApplicable, words):
            Subject.of_json({}).text()
        with self.assertRaisesRegex(NotApplicable, "judges an action, and the subject is a text"):
            Subject.of_text("hi").action()

    def test_an_action_is_read_by_its_arguments(self) -> None:
        subject = Subject.of_action("mail", {"to": "x"})
        self.assertEqual(subject.json(), {"to": "x"})
        self.assertEqual(subject.action().tool, "mail")

    def test_the_context_is_an_object(self) -> None:
        self.assertEqual(Subject.of_text("hi").context(), {})
