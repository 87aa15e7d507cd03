import unittest

from tollgate import NotApplicable, Subject


class SubjectTests(unittest.TestCase):
    def test_refuses_other_kinds_by_name(self) -> None:
        message = "this contract judges a text, but the subject is a JSON document"
        with self.assertRaisesRegex(NotApplicable, message):
            Subject.of_json({}).text()
        with self.assertRaisesRegex(NotApplicable, "judges an action, but the subject is a text"):
            Subject.of_text("hi").action()

    def test_json_of_an_action_is_its_arguments(self) -> None:
        subject = Subject.of_action("mail", {"to": "x"})
        self.assertEqual(subject.json(), {"to": "x"})
        self.assertEqual(subject.action().tool, "mail")

    def test_context_is_an_object(self) -> None:
        self.assertEqual(Subject.of_text("hi").context(), {})
