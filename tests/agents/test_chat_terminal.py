"""`paperflow chat` on a real terminal: a prompt, answers that are drawn, Ctrl-C."""

import os
import pty
import re
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.agents.scripted import SILENCE, ScriptedServer, calls, says

ROOT = Path(__file__).parents[2]
_CODES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\r")
_PATIENCE = 60  # seconds until a test gives up on what should be there


class Terminal:
    """The other end of a program's terminal; `seen` is all that it wrote, without colours."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._raw = ""

    @property
    def seen(self) -> str:
        return _CODES.sub("", self._raw)

    def type(self, text: str) -> None:
        os.write(self._descriptor, text.encode())

    def interrupt(self) -> None:
        """Press Ctrl-C, and again where the program only began to read the line meanwhile.

        Python loses a signal that comes between the prompt and the first look at the keys.
        """
        for _ in range(_PATIENCE):
            self.type("\x03")
            if select.select([self._descriptor], [], [], 1)[0]:
                return

    def wait_for(self, text: str) -> None:
        """Read until the text is there, after what was waited for before."""
        while text not in self.seen:
            ready, _, _ = select.select([self._descriptor], [], [], _PATIENCE)
            assert ready, f"{text!r} is not in {self.seen!r}"
            self._raw += os.read(self._descriptor, 4096).decode("utf-8", "replace")
        self._raw = self.seen.partition(text)[2]


@contextmanager
def terminal(*arguments: str) -> Iterator[tuple[Terminal, subprocess.Popen[bytes]]]:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "paperflow", "chat", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm"}
    with subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment,
        start_new_session=True, preexec_fn=_control_terminal,
    ) as process:  # fmt: skip
        os.close(theirs)
        try:
            yield Terminal(ours), process
        finally:
            process.kill()
            os.close(ours)


def _control_terminal() -> None:
    """Make standard input the terminal from which Ctrl-C comes."""
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def test_a_conversation_on_a_terminal_survives_ctrl_c(library):
    here, exports = says("Here I am, all **ears**."), calls(("export", {"format": "bib"}))
    with ScriptedServer(SILENCE, here, exports) as server:
        options = ["-w", str(library.folder), "--model", "scripted", "--model-url", server.address]
        with terminal(*options) as (screen, process):
            screen.wait_for("> ")
            screen.type("Hello?\n")
            screen.wait_for("⠋")
            screen.interrupt()
            screen.wait_for("stopped; what was said is kept")
            screen.wait_for("> ")
            screen.type("Hello again\n")
            screen.wait_for("Here I am, all ears.")
            screen.wait_for("cites no paper")
            screen.wait_for("> ")
            screen.type("Export it\n")
            screen.wait_for("library.bib? [y/N]: ")
            screen.interrupt()
            screen.wait_for("stopped; what was said is kept")
            screen.wait_for("> ")
            screen.type("/quit\n")
            screen.wait_for("paperflow chat --thread chat-1")
            assert process.wait(_PATIENCE) == 0
        said = [message["content"] for message in server.requests[-1]["messages"][1:]]
    assert said[:2] == ["Hello?", "[no answer]"]
    assert said[2:] == ["Hello again", "Here I am, all **ears**.", "Export it"]
    assert not (library.folder / "exports").exists()
