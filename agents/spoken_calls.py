"""Calls of tools that a model writes as text, where its service does not tell them apart."""

import re
from collections.abc import Collection
from contextlib import suppress
from typing import TYPE_CHECKING

from paperflow.extract.model.parse import Unreadable, object_in, without_thoughts

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage

_TAGGED = re.compile(r"<(tool_call|function_call)>(.*?)(?:</\1>|$)", re.DOTALL)
_ARGUMENTS = ("arguments", "parameters")


def with_calls(message: "AIMessage", tools: Collection[str]) -> "AIMessage":
    """Return the message; where its text is a call of one of these tools, as that call.

    Read are `<tool_call>{"name": …, "arguments": {…}}</tool_call>`, as Hermes and Qwen write
    it, and an answer that is nothing but such an object, in fences or not.
    """
    if message.tool_calls:
        return message
    with suppress(Unreadable):
        call = object_in(_body(without_thoughts(str(message.text))), _ARGUMENTS)
        arguments = next(call[name] for name in _ARGUMENTS if name in call)
        if call.get("name") in tools and isinstance(arguments, dict):
            asked = {"name": call["name"], "args": arguments, "id": f"said-{message.id}"}
            return type(message)(**{**dict(message), "content": "", "tool_calls": [asked]})
    return message


def _body(text: str) -> str:
    """Return what may be a call: what stands in tags, or a text that begins as an object."""
    if tagged := _TAGGED.search(text):
        return tagged[2]
    plain = text.strip().removeprefix("```json").removeprefix("```").lstrip()
    return plain if plain.startswith("{") else ""
