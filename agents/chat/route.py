"""A conversation without a language model: what is typed is read as one of the commands."""

import re
from collections.abc import Callable
from typing import Any

from paperflow.agents.tool import NOT_ALLOWED, Ask, ToolFailed
from paperflow.agents.tools import TOOLS
from paperflow.errors import BadInput, NotReady, PaperflowError
from paperflow.workspace import Workspace

Arguments = dict[str, Any]

USAGE = {
    "search": ("search WORDS", "papers of the library on a topic"),
    "ask": ("ask QUESTION", "quotes that answer; so is anything that ends with ?"),
    "path": ('path A to B, or path "A" "B"', "how two concepts are joined, by statements"),
    "recommend": ("recommend", "what to read next"),
    "read": ("read PAPER", "a paper's text, by its citation key, id, or title"),
    "export": ("export [FORMAT]", "the library as bib, csl, ris, csv, json, md, …"),
}
ELSEWHERE = (
    "add", "analyze", "embed", "expand", "fetch", "hypothesize", "predict", "star", "train",
    "watch",
)  # fmt: skip
"""Commands of the program that are none here."""
AMBIGUOUS = (
    "authors", "chat", "demo", "doctor", "graph", "mcp", "report", "review", "sentiment", "status",
)  # fmt: skip
"""More of them, with which topics begin as well: commands only after the program's name."""
_ABSENT = ("delete", "remove")  # what no command does
_NAMES = {
    "search_library": "search",
    "ask_library": "ask",
    "s_path": "path",
    "read_paper": "read",
}
_QUESTION = re.compile(
    r"(?:what|which|who|whom|whose|when|where|why|how|is|are|was|were|do|does|did|can|could|has"
    r"|have|should|will|would)\b",
    re.IGNORECASE,
)
_JOINED = re.compile(
    r"(?:how (?:is|are|does)|what (?:connects|joins|links|relates)|(?:the )?path (?:from|between))"
    r"\s+(.+?)\s+(?:(?:connected|joined|linked|related|relate) (?:to|with)|to|and|with)"
    r"\s+(.+)",
    re.IGNORECASE,
)
_FENCE = re.compile(r"^</?data\b[^>\n]*>\n?", re.MULTILINE)


def route(typed: str) -> tuple[str, Arguments]:
    """Return the tool and the arguments that a line means: a command, a question, or a search.

    Raise BadInput for a command that lacks what it needs, or that is none in a conversation.
    """
    line = typed.strip()
    typed = line.removeprefix("paperflow ").strip()
    first, _, rest = typed.partition(" ")
    read = _COMMANDS.get(first.lower())
    if read and (found := read(rest.strip())) is not None:
        return found
    plain = typed.rstrip("?. ")
    if joined := _JOINED.fullmatch(plain):
        return "s_path", {"source": _bare(joined[1]), "target": _bare(joined[2])}
    if typed.endswith("?") or _QUESTION.match(plain):
        return "ask_library", {"question": typed}
    _check(first.lower(), typed, named=typed != line)
    return "search_library", {"query": typed}


def _check(verb: str, typed: str, *, named: bool) -> None:
    """Raise BadInput where a command would be taken for the words of a search."""
    search = f"to look for these words: search {typed}"
    if verb in _NEEDY:
        form, _ = USAGE[_NEEDY[verb]]
        raise BadInput(f"{verb} needs more: {form}", hint=search)
    if verb in ELSEWHERE or (named and verb in AMBIGUOUS):
        outside = f"outside the conversation: paperflow {verb} …"
        raise BadInput(f"{verb} is no command of a conversation", hint=f"{outside}; {search}")
    if verb in _ABSENT:
        known = "paperflow --help lists them"
        raise BadInput(f"paperflow has no command {verb}", hint=f"{known}; {search}")


def commands(workspace: Workspace, ask: Ask | None) -> Any:
    """Return a graph with one node that answers the last message by a command."""
    from langchain_core.messages import AIMessage
    from langgraph.config import get_stream_writer
    from langgraph.graph import END, START, MessagesState, StateGraph

    def answer(state: MessagesState) -> Arguments:
        name, arguments = route(str(state["messages"][-1].text))
        get_stream_writer()(f"read as: {_as_command(name, arguments)}")
        return {"messages": [AIMessage(_run(workspace, name, arguments, ask))]}

    graph = StateGraph(MessagesState)
    graph.add_node("model", answer)
    graph.add_edge(START, "model")
    graph.add_edge("model", END)
    return graph


def _run(workspace: Workspace, name: str, arguments: Arguments, ask: Ask | None) -> str:
    try:
        said = TOOLS[name].ask_and_run(workspace, arguments, ask)
    except ToolFailed as error:
        if isinstance(error.__cause__, PaperflowError):
            raise error.__cause__ from None
        if str(error) == NOT_ALLOWED and not ask:
            hint = f"outside the conversation: paperflow {name} FORMAT --out FILE"
            raise NotReady(f"nobody is there to ask, so {name} was not done", hint=hint) from None
        said = "not done" if str(error) == NOT_ALLOWED else str(error)
    return _FENCE.sub("", said).strip()


def _as_command(name: str, arguments: Arguments) -> str:
    """Return a call as it could have been typed."""
    words = [_NAMES.get(name, name), *map(str, arguments.values())]
    return " ".join([words[0], *(f'"{word}"' if name == "s_path" else word for word in words[1:])])


def _bare(text: str) -> str:
    return text.strip().strip("\"'“”").strip()


def _path(rest: str) -> tuple[str, Arguments] | None:
    ends = re.fullmatch(
        r"\"(.+?)\"\s+(?:to\s+)?\"(.+?)\"|(.+?)\s+(?:to|->|→|and)\s+(.+)"
        r"|([^\s\"]+)\s+([^\s\"]+)",
        rest,
    )
    if not ends:
        return None
    source, target = (_bare(end) for end in ends.groups() if end)
    return "s_path", {"source": source, "target": target}


def _with(tool: str, argument: str) -> Callable[[str], tuple[str, Arguments] | None]:
    """Return what reads the rest of a line as the one argument of a tool."""
    return lambda rest: (tool, {argument: _bare(rest)}) if _bare(rest) else None


def _export(rest: str) -> tuple[str, Arguments] | None:
    names = ("format", "file")
    return "export", dict(zip(names, rest.split(maxsplit=1), strict=False))


_COMMANDS: dict[str, Callable[[str], tuple[str, Arguments] | None]] = {
    "search": _with("search_library", "query"),
    "discover": _with("search_library", "query"),
    "ask": _with("ask_library", "question"),
    "path": _path,
    "recommend": lambda rest: None if rest else ("recommend", {}),
    "read": _with("read_paper", "paper"),
    "export": _export,
}
_NEEDY = {"search": "search", "discover": "search", "ask": "ask", "path": "path", "read": "read"}
