"""Subjects: AI outputs under judgement."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from tollgate.refusal import NotApplicable


@dataclass(frozen=True)
class Text:
    """A text."""

    text: str


@dataclass(frozen=True)
class Json:
    """A JSON document in its original text, because `json.loads` drops repeated keys."""

    json: str


@dataclass(frozen=True)
class Action:
    """A tool call that an agent wants to make. The arguments are JSON in its original text."""

    tool: str
    arguments: str


Content = Text | Json | Action


@dataclass(frozen=True)
class Prompt:
    """Version of the prompt that produced an output."""

    name: str
    version: str
    digest: str


@dataclass(frozen=True)
class Subject:
    """An output with its prompt and context."""

    content: Content
    prompt: Prompt | None = None
    context_json: str = "{}"

    @classmethod
    def of_text(cls, text: str) -> Subject:
        """Returns a text, for tests."""
        return cls(Text(text))

    @classmethod
    def of_json(cls, document: Any) -> Subject:
        """Returns a JSON document, for tests: anything that `json.dumps` accepts."""
        return cls(Json(json.dumps(document)))

    @classmethod
    def of_action(cls, tool: str, arguments: Any) -> Subject:
        """Returns an action, for tests."""
        return cls(Action(tool, json.dumps(arguments)))

    def text(self) -> str:
        """Returns the text under judgement. Other subjects are refused as not applicable."""
        match self.content:
            case Text(text):
                return text
        raise self._not_applicable("a text")

    def json(self) -> Any:
        """Returns the JSON under judgement: a document, or the arguments of an action."""
        match self.content:
            case Json(document) | Action(arguments=document):
                return json.loads(document)
        raise self._not_applicable("JSON")

    def action(self) -> Action:
        """Returns the action under judgement."""
        match self.content:
            case Action():
                return self.content
        raise self._not_applicable("an action")

    def context(self) -> dict[str, Any]:
        """Returns the context that the caller provides: model, channel, audience, locale …"""
        context: dict[str, Any] = json.loads(self.context_json)
        return context

    def _not_applicable(self, expected: str) -> NotApplicable:
        kinds = {Text: "a text", Json: "a JSON document", Action: "an action"}
        kind = kinds[type(self.content)]
        return NotApplicable(f"this contract judges {expected}, but the subject is {kind}")
