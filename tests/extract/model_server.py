"""An OpenAI-compatible server on this machine that answers from a script.

Each request takes the next line of the script: a `Line` made by `says` or `refuses`, or
`SILENCE`, which lets the client wait until it gives up. After the script's end it says
`otherwise`.
"""

import json
import threading
from collections.abc import Mapping
from typing import Any

from paperflow.extract.language_model import LanguageModel, connect
from tests.sources.loopback import Loopback, Reply, Seen

_JSON = {"content-type": "application/json"}
NOTHING = json.dumps({"terms": [], "links": [], "statements": [], "findings": []})


def says(
    text: str | Mapping[str, Any], ends: str = "stop", *, sent: int = 100, **message: Any
) -> Reply:
    """Return a chat completion with this text, or with this as its JSON; `sent` tokens count."""
    content = text if isinstance(text, str) else json.dumps(text)
    body = {
        "id": "1", "object": "chat.completion", "created": 1, "model": "scripted",
        "choices": [{
            "index": 0, "finish_reason": ends,
            "message": {"role": "assistant", "content": content, **message},
        }],
        "usage": {"prompt_tokens": sent, "completion_tokens": 10, "total_tokens": sent + 10},
    }  # fmt: skip
    return Reply(200, json.dumps(body).encode(), _JSON)


def refuses(status: int, message: str, **headers: str) -> Reply:
    """Return an error as the service words it."""
    body = json.dumps({"error": {"message": message, "type": "error", "code": None}})
    return Reply(status, body.encode(), {**_JSON, **headers})


SILENCE = Reply(silent=True)


class ModelServer(Loopback):
    """Answers line after line; `waits` are the pauses that the client would have made."""

    def __init__(self, *script: Reply, otherwise: Reply | None = None) -> None:
        self.waits: list[float] = []
        self._script = iter(script)
        self._otherwise = otherwise or says(NOTHING)
        self._turn = threading.Lock()
        self._over = threading.Event()
        super().__init__(self._next)

    def _next(self, seen: Seen) -> Reply:
        with self._turn:
            reply = next(self._script, self._otherwise)
        if reply is SILENCE:
            self._over.wait(10)
        return reply

    @property
    def address(self) -> str:
        return f"{self.url}/v1"

    def model(self, name: str = "scripted", *, seconds: float = 0.2) -> LanguageModel:
        """Return a client that gives up after `seconds` and never really waits."""
        return connect(name, self.address, environment={}, seconds=seconds, pause=self.waits.append)

    def close(self) -> None:
        self._over.set()
        super().close()
