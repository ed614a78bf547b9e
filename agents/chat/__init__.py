"""A conversation about the library: kept by thread id, stopped at any moment, gone on with."""

from paperflow.agents.chat.events import Answer, Call, Event, Note, Source, Text
from paperflow.agents.chat.session import Chat, open_chat

__all__ = ["Answer", "Call", "Chat", "Event", "Note", "Source", "Text", "open_chat"]
