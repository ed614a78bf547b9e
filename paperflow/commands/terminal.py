"""A conversation on a terminal, or through pipes: messages in, answers out."""

import sys
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any

import typer

from paperflow.commands.output import say

if TYPE_CHECKING:
    from paperflow.agents.chat import Answer, Event

_BLOCK = '"""'
_PROMPT, _MORE = "> ", "… "
_EDGE = 4  # lines of the terminal left free under an answer that grows


def reader() -> Callable[[str], str]:
    """Return what reads a line after a prompt; it raises EOFError at the end."""
    if sys.stdin.isatty():
        import contextlib

        with contextlib.suppress(ImportError):
            import readline  # noqa: F401 - arrow keys and history, where the system has it
        return input
    return _piped


def _piped(prompt: str) -> str:
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line.rstrip("\n")


def read_message(read: Callable[[str], str]) -> str:
    r"""Return the next message: a line, lines joined by \ at their ends, or a quoted block."""
    line = read(_PROMPT)
    if line.strip().startswith(_BLOCK):
        return _block(line.strip().removeprefix(_BLOCK), read)
    lines = [line]
    while lines[-1].endswith("\\"):
        lines[-1] = lines[-1][:-1]
        lines.append(_next(read))
    return "\n".join(lines).strip()


def _block(first: str, read: Callable[[str], str]) -> str:
    lines = [first]
    while not lines[-1].rstrip().endswith(_BLOCK):
        try:
            lines.append(read(_MORE))
        except EOFError:
            break
    return "\n".join(lines).rstrip().removesuffix(_BLOCK).strip()


def _next(read: Callable[[str], str]) -> str:
    try:
        return read(_MORE)
    except EOFError:
        return ""


class Screen:
    """Shows what happens in a conversation: as it comes on a terminal, at the end elsewhere."""

    def __init__(self, *, prose: bool) -> None:
        from rich.console import Console

        self._console = Console()
        self._prose = prose  # of a model, as Markdown; a command's lines stay as they are
        self._live: Any = None

    def show(self, events: "Generator[Event, None, None]") -> "Answer":
        """Show events until the answer, print it, and return it; whatever stops this ends them."""
        from paperflow.agents.chat import Answer

        self._wait()
        try:
            for event in events:
                if isinstance(event, Answer):
                    self.pause()
                    self._print(event)
                    return event
                self._tell(event)
        finally:
            self.pause()
            events.close()
        raise AssertionError("an answer comes last")

    def confirm(self, question: str) -> bool:
        """Ask the person; where nobody can be asked, the answer is no."""
        if not sys.stdin.isatty():
            say(f"not done, as nobody is there to ask: {question}")
            return False
        self.pause()
        try:
            return typer.confirm(question, err=True)
        except typer.Abort:
            raise KeyboardInterrupt from None

    def pause(self) -> None:
        """Take away what is drawn and not final."""
        if self._live:
            self._live.stop()
            self._live = None

    def _wait(self) -> None:
        if self._console.is_terminal:
            from rich.live import Live
            from rich.spinner import Spinner

            self._live = Live(Spinner("dots", "…"), console=self._console, transient=True)
            self._live.start()

    def _tell(self, event: "Event") -> None:
        from paperflow.agents.chat import Call, Text
        from paperflow.reports.text import clean

        if isinstance(event, Text):
            self._grow(clean(event.text))
            return
        line = f"{event.name}: {event.arguments}" if isinstance(event, Call) else event.text
        self._aside(clean(f"· {line}"))

    def _grow(self, text: str) -> None:
        """Draw the end of an answer that is not finished."""
        if self._live:
            from rich.text import Text

            lines = Text(text).wrap(self._console, self._console.width)
            self._live.update(Text("\n").join(lines[-(self._console.height - _EDGE) :]))

    def _aside(self, line: str, style: str = "dim") -> None:
        if self._console.is_terminal:
            self._console.print(line, style=style, markup=False, highlight=False)
        else:
            say(line)

    def _print(self, answer: "Answer") -> None:
        from rich.markdown import Markdown

        from paperflow.reports.text import clean

        text = clean(answer.text)
        if self._console.is_terminal and self._prose:
            self._console.print(Markdown(text))
        else:
            typer.echo(text)
        for source in answer.sources:
            names = ", ".join(source.authors[:3]) + " et al." * (len(source.authors) > 3)
            facts = ", ".join(filter(None, [names, str(source.year or "")]))
            typer.echo(clean(f"    [{source.key}] {source.title}{f' ({facts})' if facts else ''}"))
        for doubt in answer.doubts:
            self._aside(clean(f"! {doubt}"), "yellow")
