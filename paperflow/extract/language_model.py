"""The way to a language model: any that LangChain knows, or an OpenAI-compatible address.

Everything that can go wrong comes out as one of three errors: `ModelError` where asking on is
no use, `NoAnswer` where only this request failed, `TooLong` where a shorter one may do.
"""

import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from paperflow.config import without_keys
from paperflow.errors import BadInput, MissingExtra, ModelError, NoAnswer, PaperflowError, TooLong

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage

SECONDS = 600.0  # that one answer may take; a small computer thinks for minutes
MOST_TOKENS = 8192  # of an answer, thoughts included
_TRIES = 4
_LONGEST_WAIT = 60.0  # seconds; a service that asks for more is left alone
_HERE = ("localhost", "127.0.0.1", "::1")
_OVERFLOW = re.compile(
    r"context[_ ](?:length|window|size)|maximum context|too many (?:input )?tokens"
    r"|(?:prompt|input|request) is too long|exceeds? (?:the )?(?:available )?(?:context|token)"
    r"|length limit was reached",
    re.IGNORECASE,
)
_CUT = ("length", "max_tokens")

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model answered, and how many tokens went there and came back, where it says so."""

    text: str
    sent: int = 0
    received: int = 0


class LanguageModel:
    """A chat model called `name`; it waits and asks again where that may help."""

    def __init__(
        self, name: str, chat: "BaseChatModel", pause: Callable[[float], None] = time.sleep
    ) -> None:
        self.name = name
        self.chat = chat
        self._pause = pause

    def ask(self, instructions: str, text: str) -> Answer:
        """Return the answer to `text`; raise ModelError, NoAnswer, or TooLong."""
        messages = [("system", instructions), ("human", text)]
        return answer_of(self.attempt(lambda: self.chat.invoke(messages)))

    def attempt(self, work: Callable[[], Result]) -> Result:
        """Return what `work`, a request to the model, returns; try again where that may help.

        Raises ModelError, NoAnswer, or TooLong, and lets every PaperflowError through.
        """
        for trial in range(1, _TRIES + 1):
            try:
                return work()
            except PaperflowError:
                raise
            except Exception as error:
                wait = self._wait(error, trial)
            self._pause(wait)
        raise AssertionError("the last trial answers or raises")

    def told(self, work: Callable[[], Result]) -> Result:
        """Return what `work` returns, without a second try; raise as `attempt` does."""
        try:
            return work()
        except PaperflowError:
            raise
        except Exception as error:
            raise self._final(error) from error

    def _wait(self, error: Exception, trial: int) -> float:
        """Return how many seconds to wait before asking again, or raise what stands for `error`."""
        from langchain_core import exceptions as known

        final = trial == _TRIES
        match known_error(error):
            case _ if _overflows(error):
                pass
            case known.ModelRateLimitError():
                wait = _asked_to_wait(error, 2.0**trial)
                if final or wait > _LONGEST_WAIT:
                    raise self._limited(error, wait) from error
                return wait
            case known.ModelAPIError() if not final:
                return _asked_to_wait(error, 2.0**trial)
            case known.ModelTimeoutError() if trial == 1:
                return 0.0
            case known.ModelConnectionError() if not final:
                return 2.0**trial
        raise self._final(error) from error

    def _limited(self, error: Exception, wait: float) -> ModelError:
        return ModelError(
            f"{self.name} limits how often it may be asked: {_first_line(error)}",
            hint=f"run the same again in {wait:.0f} s or more: what was answered is kept",
        )

    def _final(self, error: Exception) -> ModelError:
        """Return the error that a user is told."""
        from langchain_core import exceptions as known

        said = _first_line(error)
        if _overflows(error):
            return TooLong(f"the text is too long for {self.name}")
        match known_error(error):
            case known.ModelTimeoutError():
                return NoAnswer(f"{self.name} gave no answer in time, twice")
            case known.ModelConnectionError():
                return ModelError(f"{self.name} can't be reached: {said}", hint=_ADDRESS)
            case known.ModelAuthenticationError() | known.ModelPermissionDeniedError():
                return ModelError(f"{self.name} refuses the key: {said}", hint=_KEY)
            case known.ModelNotFoundError():
                return ModelError(f"no model called {self.name} there: {said}", hint=_ADDRESS)
        return NoAnswer(f"{self.name} failed: {said}")


_ADDRESS = "check the model's name and address: --model PROVIDER:NAME, --model-url URL"
_KEY = "set the provider's key in the environment, for example OPENAI_API_KEY"


def connect(
    name: str,
    url: str = "",
    *,
    offline: bool = False,
    environment: Mapping[str, str] = os.environ,
    seconds: float = SECONDS,
    pause: Callable[[float], None] = time.sleep,
) -> LanguageModel:
    """Return the model called `name`, "provider:model", or any name at an OpenAI-compatible URL.

    Nothing is sent yet. Keys come from the environment; a server at `url` needs none.
    """
    if offline and not _is_here(name, url):
        raise BadInput(f"{name} is not on this machine, and paperflow is offline", hint=_LOCAL)
    options: dict[str, Any] = {"temperature": 0, "max_retries": 0, "timeout": seconds}
    options["max_tokens"] = MOST_TOKENS
    if name.startswith("ollama:") and not url:
        options |= {"num_predict": MOST_TOKENS, "client_kwargs": {"timeout": seconds}}
    if url:
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
            raise BadInput(f"{url!r} is no address of a model", hint=_EXAMPLE)
        name = name.removeprefix("openai:")
        key = environment.get("OPENAI_API_KEY") or "none"
        options |= {"model_provider": "openai", "base_url": url, "api_key": key}
    return LanguageModel(name, _opened(name, options), pause)


_EXAMPLE = "give it whole: --model-url http://127.0.0.1:11434/v1"
_LOCAL = "unset the setting offline, or give the address of a model here: --model-url URL"


def _opened(name: str, options: Mapping[str, Any]) -> "BaseChatModel":
    try:
        from langchain.chat_models import init_chat_model

        chat: BaseChatModel = init_chat_model(name, **options)
    except ImportError as error:
        provider = options.get("model_provider") or name.partition(":")[0]
        hint = f"pip install langchain-{provider}"
        raise MissingExtra(f"the package for {provider} is not installed", hint=hint) from error
    except Exception as error:
        raise BadInput(
            f"can't use the model {name!r}: {_first_line(error)}",
            hint=_KEY if "api_key" in str(error) else _NAMES,
        ) from error
    return chat


_NAMES = (
    "name it provider:model, for example openai:gpt-5-mini, and set its key; or --model-url URL"
)


def _is_here(name: str, url: str) -> bool:
    """Tell whether asking the model leaves this machine alone."""
    return urlsplit(url).hostname in _HERE if url else name.startswith("ollama:")


def answer_of(message: "AIMessage") -> Answer:
    """Return the message as an answer; raise TooLong where it was cut off."""
    told = message.response_metadata
    ends = (told.get(name) for name in ("finish_reason", "stop_reason", "done_reason"))
    if any(end in _CUT for end in ends):
        raise TooLong("the answer was cut off at the model's limit")
    usage = message.usage_metadata or {"input_tokens": 0, "output_tokens": 0}
    text = message.text or str(message.additional_kwargs.get("refusal") or "")
    return Answer(str(text), usage["input_tokens"], usage["output_tokens"])


def known_error(error: Exception) -> Exception:
    """Return an error as LangChain names it; some providers let their client's own through."""
    from langchain_core import exceptions as known

    status = getattr(error, "status_code", None)
    if isinstance(error, known.ModelError):
        return error
    if isinstance(status, int) and status >= 400:
        kind = getattr(
            known, _BY_STATUS.get(status, "ModelAPIError" if status >= 500 else ""), None
        )
        return kind(str(error)) if kind else error
    causes = list(_causes(error))
    if any(isinstance(cause, TimeoutError) for cause in causes):
        return known.ModelTimeoutError(str(error))
    if any(isinstance(cause, OSError) for cause in causes):
        return known.ModelConnectionError(str(error))
    return error


_BY_STATUS = {
    400: "ModelInvalidRequestError",
    401: "ModelAuthenticationError",
    403: "ModelPermissionDeniedError",
    404: "ModelNotFoundError",
    429: "ModelRateLimitError",
}


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _overflows(error: Exception) -> bool:
    from langchain_core.exceptions import ContextOverflowError

    return isinstance(error, ContextOverflowError) or bool(_OVERFLOW.search(str(error)))


def _asked_to_wait(error: Exception, usual: float) -> float:
    """Return the seconds that the service's answer asks for, else `usual`."""
    headers = getattr(getattr(error, "response", None), "headers", {})
    try:
        return max(0.0, float(headers.get("retry-after", usual)))
    except ValueError:  # a date
        return usual


def _first_line(error: Exception) -> str:
    cause = error.__cause__
    text = str(error) if cause is None or str(error) else str(cause)
    return without_keys((text.strip() or type(error).__name__).splitlines()[0])[:200]
