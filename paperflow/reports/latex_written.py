r"""Values that a user's own file wrote in LaTeX, given back as they were.

A value that is sound goes through untouched but for the signs that stop LaTeX (`C# & F#`).
One that runs a command beyond accents, fonts, and symbols, or leaves a brace or a dollar
open, was plain text or means harm: it becomes text, sign by sign.
"""

import re

from paperflow.reports.latex import escape_text
from paperflow.reports.latex_math import is_math
from paperflow.reports.text import balanced, one_line

_PIECE = re.compile(
    r"""
    \$(?P<math>[^$]+)\$
    | (?P<kept>
        \\[`'^"~=.] \s* (?: \{(?:\\[ij]|[^\W\d_])\} | \\[ij](?![A-Za-z]) | [A-Za-z] )
      | \\[uvHcdbrkt] (?: \s*\{(?:\\[ij]|[^\W\d_]{1,2})\} | \s+[A-Za-z] )
      | \\(?: aa|AA|ae|AE|oe|OE|dh|DH|dj|DJ|ng|NG|th|TH|ss|[oOlLijSP]|TeX|LaTeX|dots|ldots
            | pounds|copyright|text(?:backslash|bar|less|greater|underscore|dollar|quotesingle
            | ascii(?:tilde|circum)|brace(?:left|right)|quote(?:dbl)?(?:left|right)
            | (?:en|em)dash|ellipsis|registered|trademark|degree) ) (?![A-Za-z])
      | \\(?: emph|mbox|underline|text(?:bf|it|md|normal|rm|sc|sf|sl|tt|up) ) (?=\{)
      | \\(?: em|it|bf|tt|sc|rm|sf|sl|itshape|bfseries|relax|protect ) (?![A-Za-z])
      | \\url\{[^{}%\#\\]*\} | \\href\{[^{}%\#\\]*\} (?=\{)
      | \\[&%\#_$ ,/-]
    )
    | (?P<sign>[&%\#_])
    | (?P<caret>\^)
    | (?P<open>[\\$])
    | [^\\$&%\#_^]+
    """,
    re.VERBOSE,
)


def as_written(text: str) -> str:
    """Return a value in LaTeX as it is where it is sound, else as text."""
    text = one_line(text)
    if not balanced(text):
        return escape_text(text)
    pieces = []
    for found in _PIECE.finditer(text):
        if found["open"] or (found["math"] and not is_math(found["math"])):
            return escape_text(text)
        pieces.append(_mended(found))
    return "".join(pieces)


def _mended(found: re.Match[str]) -> str:
    if found["sign"]:
        return f"\\{found['sign']}"
    return r"{\textasciicircum}" if found["caret"] else found[0]
