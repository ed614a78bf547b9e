"""What papers say, handed over to a language model as data, never as orders."""

import re

# What could end the data, or what chat templates read as the end of a message.
_MARKS = re.compile(
    r"<(?=\s*/?\s*data\b|\||/?\s*s>|/?(?:start|end)_of_turn>)|\[(?=/?INST\])", re.IGNORECASE
)
_ODD = re.compile(r"[^\w .,:/@-]+")


def fenced(label: str, text: str) -> str:
    """Return a text as data called `label`, such that nothing in it can end the data.

    Only delimiters are changed, `<` to `‹`: everything else can be quoted as it stands.
    """
    inside = _MARKS.sub(lambda found: "‹" if found[0] == "<" else "(", text)
    return f'<data name="{_ODD.sub(" ", label).strip()}">\n{inside}\n</data>'
