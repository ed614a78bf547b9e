"""What a person may type beside messages: lines that begin with a slash."""

from collections.abc import Callable
from difflib import get_close_matches

from paperflow.agents.chat.cite import cited_in
from paperflow.agents.chat.route import USAGE
from paperflow.agents.chat.session import Chat
from paperflow.agents.tools import TOOLS, export_path
from paperflow.errors import BadInput, NotReady

_HELP = """\
/help              this list
/tools             the tools, what they do, and which ask first
/history           what was said so far
/export            this conversation as a Markdown file
/export FORMAT     the papers that it cites, as bib, csl, ris, csv, json, or md
/quit              leave; so does Ctrl-D

A line that ends with \\ goes on in the next one; lines between \"\"\" and \"\"\" are one message.
Ctrl-C stops an answer; what was said is kept. To go on later: paperflow chat --thread {thread}"""


def slash(chat: Chat, line: str) -> str:
    """Return what a line such as /help tells; raise BadInput for an unknown one."""
    name, *arguments = line.removeprefix("/").split()
    if name not in _KNOWN:
        near = get_close_matches(name, _KNOWN, n=1)
        raise BadInput(
            f"no command /{name}", hint=f"did you mean /{near[0]}?" if near else "/help lists them"
        )
    return _KNOWN[name](chat, arguments)


def _help(chat: Chat, arguments: list[str]) -> str:
    told = _HELP.format(thread=chat.thread)
    if chat.model:
        return told
    lines = "\n".join(f"  {form:30}{what}" for form, what in USAGE.values())
    return f"{told}\n\nWithout a language model these are understood:\n{lines}"


def _tools(chat: Chat, arguments: list[str]) -> str:
    return "\n".join(
        f"{name:20} {tool.title}{' (asks first)' * tool.asks_first}" for name, tool in TOOLS.items()
    )


def _history(chat: Chat, arguments: list[str]) -> str:
    return "\n\n".join(f"{who}: {text}" for who, text in chat.history) or "nothing was said yet"


def _export(chat: Chat, arguments: list[str]) -> str:
    """Write the conversation, or with a format the papers that it cites."""
    from paperflow.reports import EXPORTERS
    from paperflow.reports.files import write_text_atomically

    format = arguments[0] if arguments else "md"
    name = f"{chat.thread}-papers" if arguments else chat.thread
    exporter = EXPORTERS.load(format)
    target = export_path(chat.workspace, format, name)
    papers = chat.workspace.store.papers.many(
        cited_in(chat.workspace, [text for who, text in chat.history if who != "you"])
    )
    if arguments and not papers:
        raise NotReady("this conversation cites no paper yet", hint="ask something first")
    target.parent.mkdir(exist_ok=True)
    if arguments:
        write_text_atomically(target, lambda out: exporter(papers, out))
    else:
        write_text_atomically(target, lambda out: out.write(as_markdown(chat)))
    return f"wrote {target}"


def as_markdown(chat: Chat) -> str:
    """Return the conversation as Markdown."""
    turns = (f"**{who}**\n\n{text}" for who, text in chat.history)
    return "\n\n".join([f"# Conversation {chat.thread}", *turns]) + "\n"


_KNOWN: dict[str, Callable[[Chat, list[str]], str]] = {
    "help": _help,
    "tools": _tools,
    "history": _history,
    "export": _export,
}
