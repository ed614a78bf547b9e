"""How a source's answer went, in one word, and the error that carries it."""

from typing import Literal

from paperflow.errors import PaperflowError

Status = Literal["ok", "rate_limited", "unauthorized", "failed", "skipped"]


class SourceError(PaperflowError):
    """A source did not answer; `status` says why in one word."""

    def __init__(self, message: str, *, status: Status = "failed", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.status: Status = status
