import unittest
from dataclasses import dataclass, field
from typing import Any, Literal

from tollgate import BadConfig
from tollgate.config import read


@dataclass(frozen=True)
class Limit:
    words: int

    def __post_init__(self) -> None:
        if self.words < 1:
            raise ValueError("`words` is at least 1")


@dataclass(frozen=True)
class Config:
    limit: Limit
    tone: Literal["calm", "loud"] = "calm"
    ratio: float = 0.5
    names: list[str] = field(default_factory=list)
    limits: dict[str, Limit] = field(default_factory=dict)
    note: str | None = None


class ConfigTests(unittest.TestCase):
    def check_refused(self, value: Any, pointer: str, reason: str) -> None:
        with self.assertRaises(BadConfig) as caught:
            read(Config, value)
        self.assertEqual(
            (str(caught.exception.pointer), caught.exception.reason), (pointer, reason)
        )

    def test_reads_a_dataclass(self) -> None:
        value = {"limit": {"words": 2.0}, "ratio": 1, "limits": {"a": {"words": 3}}, "note": None}
        config = read(Config, value)
        self.assertEqual(config, Config(Limit(2), ratio=1.0, limits={"a": Limit(3)}))
        self.assertIsInstance(config.limit.words, int)

    def test_refusals_name_the_place(self) -> None:
        limit = {"words": 1}
        text = "this is a text, but should be a whole number"
        truth = "this is true or false, but should be a whole number"
        for value, pointer, reason in (
            ([], "", "this is a list, but should be an object"),
            ({}, "", "`limit` is missing"),
            ({"limit": {"words": "x"}}, "/limit/words", text),
            ({"limit": {"words": True}}, "/limit/words", truth),
            ({"limit": {"words": 0}}, "/limit", "`words` is at least 1"),
            (
                {"limit": {"words": 1, "a/b": 1}},
                "/limit/a~1b",
                "unknown key `a/b`: the keys are `words`",
            ),
            (
                {"limit": limit, "names": ["a", 1]},
                "/names/1",
                "this is a whole number, but should be a text",
            ),
            ({"limit": limit, "limits": {"x": {}}}, "/limits/x", "`words` is missing"),
            (
                {"limit": limit, "tone": "shrill"},
                "/tone",
                "this is `shrill`, but should be one of `calm`, `loud`",
            ),
            ({"limit": limit, "note": 1}, "/note", "this is a whole number, but should be a text"),
        ):
            with self.subTest(value=value):
                self.check_refused(value, pointer, reason)
