import unittest
from dataclasses import dataclass

from tollgate import BadConfig, Progress, Report, Session, Subject
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


class Streaming(Prepared):
    def begin(self, subject: Subject) -> Session:
        return Length(self.max)


class Length(Session):
    def __init__(self, max: int) -> None:
        self.over = -max

    def push(self, part: str) -> Progress:
        self.over += len(part)
        return Progress()

    def finish(self) -> Report:
        return Report.of(measures={"over": self.over})


class RegistrationTests(unittest.TestCase):
    def test_accepts_a_function_and_a_class(self) -> None:
        for definition in (judge, Prepared):
            configured = describe(definition).configure('{"max": 2}')
            self.assertEqual(configured.judge(Subject.of_text("four")).measures, {"over": 2})

    def test_reads_the_configuration_as_its_type(self) -> None:
        with self.assertRaises(BadConfig):
            describe(judge).configure('{"min": 2}')

    def test_rejects_definitions_that_are_not_contracts(self) -> None:
        def untyped(config, subject): ...  # type: ignore[no-untyped-def]

        with self.assertRaisesRegex(TypeError, "`untyped` has no type annotation"):
            describe(untyped)
        with self.assertRaisesRegex(TypeError, "the class `Config` has no method `judge`"):
            describe(Config)

    def test_a_class_with_begin_can_stream(self) -> None:
        begin = describe(Streaming).configure('{"max": 2}').begin
        assert begin is not None
        self.assertEqual(begin(Subject.of_text("")).whole("four").measures, {"over": 2})
        self.assertIsNone(describe(Prepared).configure('{"max": 2}').begin)

    def test_class_and_manifest_must_agree_on_streaming(self) -> None:
        describe(Streaming).check_stream(declared=True)
        for definition in (judge, Prepared):
            described = describe(definition)
            described.check_stream(declared=False)
            message = f"`stream = true`, but `{described.name}` is not a class with a method `begin`"
            with self.assertRaisesRegex(TypeError, message):
                described.check_stream(declared=True)
        message = "`Streaming` has a method `begin`, but contract.toml does not say"
        with self.assertRaisesRegex(TypeError, message):
            describe(Streaming).check_stream(declared=False)
