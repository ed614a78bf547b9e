"""Command: chat."""

import os
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from paperflow.commands.output import JsonOption, WorkspaceOption, say, write_json
from paperflow.errors import BadInput, PaperflowError

if TYPE_CHECKING:
    from paperflow.agents.chat import Chat
    from paperflow.commands.terminal import Screen

_STOPPED = 130  # the exit status of what Ctrl-C ended


def chat(
    message: Annotated[
        str | None, typer.Option("--message", "-m", help="Say this, print the answer, and leave.")
    ] = None,
    thread: Annotated[
        str, typer.Option(help="Go on with the conversation of this id, or begin one under it.")
    ] = "",
    model: Annotated[str, typer.Option(help="Talk with this language model: PROVIDER:NAME.")] = "",
    model_url: Annotated[
        str, typer.Option(help="OpenAI-compatible address of the model, such as a local server.")
    ] = "",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Talk about the library; answers cite its papers, and quotes are checked.

    Without a language model, what is typed is read as a command: search, ask, path, recommend,
    read, export. Messages can also be piped in, one a line. Conversations are kept in the
    workspace by their ids. /help tells more.
    """
    from paperflow.agents.chat import open_chat
    from paperflow.agents.chat.session import NO_MODEL
    from paperflow.agents.model import open_model
    from paperflow.commands.terminal import Screen
    from paperflow.workspace import find_workspace

    if as_json and message is None:
        raise BadInput("--json is for one message", hint='say it: -m "…"')
    if message is not None and not message.strip():
        raise BadInput("the message is empty", hint='say something: -m "…"')
    opened = find_workspace(workspace)
    chosen = open_model(opened, model, model_url)
    screen = Screen(prose=bool(chosen))
    # a model goes on after a no; without one, what nobody can be asked for is an error
    ask = screen.confirm if chosen or sys.stdin.isatty() else None
    with open_chat(opened, chosen, thread, ask) as talk:
        if not chosen:
            say(NO_MODEL)
        if message:
            _once(talk, screen, message, as_json=as_json)
        fine = bool(message) or _talk(talk, screen)
    _leave(0 if fine else 1)


def _leave(status: int) -> None:
    """End the program, although a model that was stopped may not have answered yet."""
    from paperflow.agents.chat.turn import left_running

    if left_running():  # Python would wait for its threads
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
    if status:
        raise typer.Exit(status)


def _once(talk: "Chat", screen: "Screen", message: str, *, as_json: bool) -> None:
    from paperflow.agents.chat import Answer
    from paperflow.agents.chat.slash import slash

    if message.startswith("/"):
        told = slash(talk, message)
        if as_json:
            write_json({"thread": talk.thread, **asdict(Answer(told))})
        else:
            typer.echo(told)
        return
    try:
        if not as_json:
            screen.show(talk.say(message))
            return
        (answer,) = (event for event in talk.say(message) if isinstance(event, Answer))
        write_json({"thread": talk.thread, **asdict(answer)})
    except KeyboardInterrupt:
        _leave(_STOPPED)


def _talk(talk: "Chat", screen: "Screen") -> bool:
    """Answer message after message; return whether all could be answered."""
    from paperflow.commands.terminal import read_message, reader

    read, fine = reader(), True
    said = len(talk.history)
    say(f"conversation {talk.thread}{f', {said} messages so far' if said else ''}; /help helps")
    while True:
        try:
            message = read_message(read)
        except EOFError:
            break
        except KeyboardInterrupt:
            say("\n/quit or Ctrl-D leaves")
            continue
        if message == "/quit":
            break
        fine = _answered(talk, screen, message) and fine
    if sys.stdin.isatty() and talk.history:
        say(f"go on later: paperflow chat --thread {talk.thread}")
    return fine


def _answered(talk: "Chat", screen: "Screen", message: str) -> bool:
    """Answer one message, or tell why not; the conversation goes on."""
    from paperflow.agents.chat.slash import slash

    try:
        if message.startswith("/"):
            typer.echo(slash(talk, message))
        elif message:
            screen.show(talk.say(message))
    except KeyboardInterrupt:
        say("\nstopped; what was said is kept")
    except PaperflowError as error:
        say(f"error: {error.message}" + (f"\nhint: {error.hint}" if error.hint else ""))
        return False
    return True
