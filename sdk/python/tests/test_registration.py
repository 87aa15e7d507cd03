import unittest
from dataclasses import dataclass

from tollgate import BadConfig, Report, Subject
from tollgate.registration import describe


@dataclass(frozen=True)
class Config:
    max: int


def judge(config: Config, subject: Subject) -> Report:
    return Report.of(measures={"over": len(subject.text()) - config.max})


class Prepared:
    def __init__(self, config: Config) -> None:
        self.max = config.max

    def judge(self, subject: Subject) -> Report:
        return judge(Config(self.max), subject)


class TheDecorator(unittest.TestCase):
    def test_a_function_and_a_class_are_both_contracts(self) -> None:
        for definition in (judge, Prepared):
            configured = describe(definition).configure('{"max": 2}')
            self.assertEqual(configured(Subject.of_text("four")).measures, {"over": 2})

    def test_the_configuration_is_read_as_its_type(self) -> None:
        with self.assertRaises(BadConfig):
            describe(judge).configure('{"min": 2}')

    def test_what_is_no_contract_is_told_why(self) -> None:
        def untyped(config, subject): ...  # type: ignore[no-untyped-def]

        with self.assertRaisesRegex(TypeError, "`untyped` does not say of which type"):
            describe(untyped)
        with self.assertRaisesRegex(TypeError, "the class `Config` has no method `judge`"):
            describe(Config)
