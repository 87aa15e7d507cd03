"""Reading a subject: one AI output under judgement."""

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
    """A JSON document, as it was written: `json.loads` forgets repeated keys."""

    json: str


@dataclass(frozen=True)
class Action:
    """Something that an agent wants to do. The arguments are JSON, as it was written."""

    tool: str
    arguments: str


Content = Text | Json | Action


@dataclass(frozen=True)
class Prompt:
    """The prompt version that produced an output."""

    name: str
    version: str
    digest: str


@dataclass(frozen=True)
class Subject:
    """An output, and what is known of it."""

    content: Content
    prompt: Prompt | None = None
    context_json: str = "{}"

    @classmethod
    def of_text(cls, text: str) -> Subject:
        """A text, for tests."""
        return cls(Text(text))

    @classmethod
    def of_json(cls, document: Any) -> Subject:
        """A JSON document, for tests: anything that `json.dumps` takes."""
        return cls(Json(json.dumps(document)))

    @classmethod
    def of_action(cls, tool: str, arguments: Any) -> Subject:
        """An action, for tests."""
        return cls(Action(tool, json.dumps(arguments)))

    def text(self) -> str:
        """The text under judgement. Anything else is refused as not applicable."""
        match self.content:
            case Text(text):
                return text
        raise self._not_applicable("a text")

    def json(self) -> Any:
        """The JSON under judgement: a document, or the arguments of an action."""
        match self.content:
            case Json(document) | Action(arguments=document):
                return json.loads(document)
        raise self._not_applicable("JSON")

    def action(self) -> Action:
        """The action under judgement."""
        match self.content:
            case Action():
                return self.content
        raise self._not_applicable("an action")

    def context(self) -> dict[str, Any]:
        """What else the caller knows: model, channel, audience, locale, variables …"""
        context: dict[str, Any] = json.loads(self.context_json)
        return context

    def _not_applicable(self, wanted: str) -> NotApplicable:
        kinds = {Text: "a text", Json: "a JSON document", Action: "an action"}
        kind = kinds[type(self.content)]
        return NotApplicable(f"this contract judges {wanted}, and the subject is {kind}")
