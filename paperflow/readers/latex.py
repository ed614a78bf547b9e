r"""LaTeX as it stands in BibTeX fields, to plain text.

Accents, symbols, dashes, quotation marks and fonts are understood; formulas between
dollars stay as written; a command that nobody knows keeps its argument, or its name
when it has none. (pylatexenc takes 10 ms for an abstract, ends a text at an unescaped
percent sign, and drops unknown commands.)
"""

import re
import unicodedata

_ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", '"': "\u0308", "=": "\u0304",
    ".": "\u0307", "u": "\u0306", "v": "\u030c", "H": "\u030b", "c": "\u0327", "k": "\u0328",
    "d": "\u0323", "b": "\u0331", "r": "\u030a", "t": "\u0361",
}  # fmt: skip
_SYMBOLS = {
    "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł",
    "aa": "å", "AA": "Å", "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ",
    "ng": "ŋ", "NG": "Ŋ", "dj": "đ", "DJ": "Đ", "textendash": "–", "textemdash": "—",
    "textquoteleft": "‘", "textquoteright": "’", "textquotedblleft": "“",
    "textquotedblright": "”", "textquotedbl": '"', "textquotesingle": "'", "ldots": "…",
    "dots": "…", "textellipsis": "…", "textbackslash": "\\", "textasciitilde": "~",
    "textasciicircum": "^", "textunderscore": "_", "textless": "<", "textgreater": ">",
    "textbar": "|", "textbraceleft": "{", "textbraceright": "}", "textdollar": "$",
    "textexclamdown": "¡", "textquestiondown": "¿", "LaTeX": "LaTeX", "TeX": "TeX",
    "BibTeX": "BibTeX", "S": "§", "P": "¶", "pounds": "£", "texteuro": "€", "euro": "€",
    "copyright": "©", "textcopyright": "©", "texttrademark": "™", "textregistered": "®",
    "textdegree": "°", "degree": "°", "textmu": "µ", "times": "×", "texttimes": "×",
    "textpm": "±", "pm": "±", "cdot": "·", "textperiodcentered": "·", "textbullet": "•",
    "guillemotleft": "«", "guillemotright": "»", "quad": " ", "newline": " ", "par": "\n\n",
    "leq": "≤", "geq": "≥", "approx": "≈", "infty": "∞", "rightarrow": "→", "to": "→",
}  # fmt: skip
_GREEK = (
    *("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"),
    *("lambda", "mu", "nu", "xi", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi"),
    "omega",
)
_TOKEN = re.compile(
    r"""(?P<math>(?<!\\)\$[^$]*(?<!\\)\$|\\\(.{0,300}?\\\))
    | \\(?P<accent>[`'^"~=.]|[uvHckdbrt](?![A-Za-z]))\s*
        (?:\{\s*\\?(?P<braced>[^\W\d_])\s*\}|\\(?P<dotless>[ij])(?![A-Za-z])(?:\{\}|[ \t\n]*)
           |(?P<bare>[^\W\d_]))
    | \\(?P<mark>[`'^"~=.])\{\}
    | \\(?P<word>[A-Za-z]+)\*?(?P<blank>[ \t\n]*)(?P<argument>\{(?!\}))?
    | \\(?P<sign>[^A-Za-z])
    | (?P<dashes>---?) | (?P<quotes>``|'') | (?P<tie>(?<![/:])~) | (?P<brace>[{}])
    """,
    re.VERBOSE | re.DOTALL,
)
_PLAIN = {"---": "—", "--": "–", "``": "“", "''": "”"}
_SIGNS = {"\\": " ", " ": " ", "\n": " ", "/": "", "-": "", ",": " ", ";": " ", ":": " ", "!": ""}
_SPECIAL = re.compile(r"[\\{}$~]|--|``|''")
_ADDRESS = re.compile(r"\{?\\([_%&#~$])\}?|\\url\s*|\{|\}|\\textasciitilde\s*(?:\{\})?")


def plain(text: str) -> str:
    """Return the text that LaTeX would print."""
    return _TOKEN.sub(_printed, text) if _SPECIAL.search(text) else text


def address(text: str) -> str:
    r"""Return a URL, DOI, or id without the escapes that LaTeX asks for."""
    if "\\" not in text and "{" not in text:
        return text
    return _ADDRESS.sub(lambda found: found[1] or "~" * ("tilde" in found[0]), text)


def _printed(found: re.Match[str]) -> str:
    kind = found.lastgroup
    if kind == "math":
        return found[0]
    if found["accent"]:
        letter = found["braced"] or found["dotless"] or found["bare"]
        return unicodedata.normalize("NFC", letter + _ACCENTS[found["accent"]])
    if found["word"]:
        return _command(found["word"], found["blank"], bool(found["argument"]))
    if found["sign"]:
        return _SIGNS.get(found["sign"], found["sign"])
    if found["tie"]:
        return " "
    return found["mark"] or _PLAIN.get(found[0], "")


def _command(word: str, blank: str, argument: bool) -> str:
    """Return what a named command prints; blanks after a symbol's name belong to the name."""
    if word in _SYMBOLS:
        return _SYMBOLS[word]
    if word.lower() in _GREEK:
        case = "CAPITAL" if word[0].isupper() else "SMALL"
        name = "LAMDA" if word.lower() == "lambda" else word.upper()
        return unicodedata.lookup(f"GREEK {case} LETTER {name}")
    known_font = word.startswith("text") or word in _FONTS
    return "" if argument or known_font else f"\\{word}{blank}"


_FONTS = {
    *("emph", "em", "it", "bf", "tt", "sc", "rm", "sf", "sl", "url", "mbox", "hbox", "relax"),
    *("itshape", "bfseries", "scshape", "ttfamily", "sffamily", "rmfamily", "underline"),
    *("protect", "noopsort", "small", "large", "mathrm", "ensuremath", "enquote", "MakeUppercase"),
}
