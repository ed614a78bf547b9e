"""A stretch of LaTeX prose to marked text: citations and references become links."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from paperflow.readers import latex
from paperflow.readers.builder import link
from paperflow.readers.tex.source import argument, option

_PREFIX = (
    r"(?P<prefix>\b(?:Fig(?:ure|s|ures)?|Tab(?:le|s|les)?|Sec(?:tion|s|tions)?|Eq(?:uation|n|s"
    r"|uations)?"
    r"|Appendix|Appendices)\b\.?[~\s]*\(?)?"
)
_CITE = re.compile(r"\\(?:no)?[a-zA-Z]*[cC]ite[a-zA-Z]*\*?(?=\s*[\[{])")
_REF = re.compile(
    _PREFIX + r"\\(?:eq|auto|page|name|[cC]|v|labelc)?ref\*?\s*\{(?P<keys>[^{}]{1,300})\}\)?"
)
_MATH = re.compile(r"(?<!\\)\$[^$]{0,5000}(?<!\\)\$|\\\(.{0,5000}?\\\)", re.DOTALL)
_FOOTNOTE = re.compile(r"\\footnote(?:text)?\s*(?:\[[^\]]*\])?\s*(?=\{)")
_DROPPED = re.compile(
    r"\\(?:label|vspace|hspace|vskip|includegraphics|index|thanks|color|pagestyle|thispagestyle"
    r"|bibliographystyle"
    r"|input|graphicspath|setlength|addtolength|setcounter|addtocounter|definecolor|hypersetup"
    r"|usetikzlibrary"
    r"|marginpar|todo|phantom|vphantom|hphantom|cline|cmidrule|rowcolor|cellcolor|columncolor"
    r"|arrayrulecolor"
    r"|resizebox|scalebox|addcontentsline|markboth|fontsize|selectlanguage|captionsetup"
    r"|looseness|nocite)"
    r"\*?(?:\([^)]*\))?(?=\s*[\[{])"
)
_SECOND = re.compile(
    r"\\(?:textcolor|colorbox|href|hyperref|raisebox|multirow|multicolumn|parbox|makebox"
    r"|rotatebox)\*?(?=\s*[\[{])"
)
_BARE = re.compile(
    r"\\(?:centering|noindent|maketitle|newpage|clearpage|pagebreak|smallskip|medskip|bigskip"
    r"|toprule|midrule"
    r"|bottomrule|hline|hfill|vfill|small|footnotesize|scriptsize|tiny|large|Large|LARGE|huge"
    r"|Huge|normalsize"
    r"|raggedright|par|indent|protect|relax|left|right|displaystyle|textstyle|scriptstyle"
    r"|nonumber|notag|qquad|quad"
    r"|tableofcontents|newline|linebreak|nolinebreak|sloppy|balance|onecolumn|twocolumn"
    r"|appendix|it|bf|em|tt|sc|rm|sf"
    r"|itshape|bfseries|ttfamily|scshape|xspace|leavevmode|unskip|ignorespaces|allowbreak"
    r"|newblock|backslash)\b(?:\s*\[[^\]]{0,30}\])?[ \t]*"
)
_BREAK = re.compile(r"\\\\\*?(?:\s*\[[^\]]{0,20}\])?")
_ARGUMENTS = {"resizebox": 2, "fontsize": 2, "setlength": 2, "addtolength": 2, "setcounter": 2,
              "addtocounter": 2, "definecolor": 3, "addcontentsline": 3, "markboth": 2}  # fmt: skip
_BEFORE = {"multirow": 2, "multicolumn": 2}
_MAX_STEPS = 100_000


@dataclass(slots=True)
class Names:
    """What labels and keys are printed as; filled on a first walk, used on the second."""

    numbers: dict[str, str] = field(default_factory=dict)
    cited: dict[str, str] = field(default_factory=dict)
    asked: dict[str, None] = field(default_factory=dict)  # keys, in the order of their citation
    _short: dict[str, str] = field(default_factory=dict)

    def short(self, key: str) -> str:
        """Return a name for a key that no later step takes for LaTeX."""
        return self._short.setdefault(key, f"k{len(self._short)}")


def inline(text: str, names: Names, notes: list[str] | None = None) -> str:
    """Return marked plain text; footnotes go to `notes`, as LaTeX."""
    text = _cut(
        text, _FOOTNOTE, lambda command, note: notes.append(note) if notes is not None else None
    )
    text = _cut(text, _DROPPED, lambda command, note: None)
    text = _second_arguments(text)
    formulas: list[str] = []
    text = _MATH.sub(lambda found: _kept(found[0], formulas), text)
    text = _citations(text, names)
    text = _REF.sub(lambda found: _reference(found, names), text)
    text = _BARE.sub(" ", _BREAK.sub(" ", text))
    text = latex.plain(text)
    return re.sub("\ue010(\\d+)\ue011", lambda found: formulas[int(found[1])], text)


def _kept(formula: str, formulas: list[str]) -> str:
    inner = formula[1:-1] if formula[0] == "$" else formula[2:-2]
    formulas.append(f"${' '.join(inner.split())}$")
    return f"\ue010{len(formulas) - 1}\ue011"


def _cut(text: str, pattern: re.Pattern[str], take) -> str:  # type: ignore[no-untyped-def]
    """Cut commands out with their arguments; `take` gets name and last argument."""
    kept, end = [], 0
    for found in pattern.finditer(text):
        if found.start() < end:
            continue
        kept.append(text[end : found.start()])
        name = re.sub(r"\W", "", found[0])
        end, value = found.end(), ""
        for _ in range(_ARGUMENTS.get(name, 1)):
            while (more := option(text, end))[0] is not None:
                end = more[1]
            if text[end:].lstrip()[:1] == "{":
                value, end = argument(text, end)
        take(name, value)
    return "".join(kept) + text[end:]


def _second_arguments(text: str) -> str:
    r"""Keep what \textcolor{red}{…}, \href{…}{…} and their like print."""
    kept, end = [], 0
    for found in _SECOND.finditer(text):
        if found.start() < end:
            continue
        kept.append(text[end : found.start()])
        at = found.end()
        name = re.sub(r"\W", "", found[0])
        before = 0 if name == "hyperref" else _BEFORE.get(name, 1)
        for _ in range(before):
            while (more := option(text, at))[0] is not None:
                at = more[1]
            _, at = argument(text, at)
        while (more := option(text, at))[0] is not None:
            at = more[1]
        if text[at:].lstrip()[:1] == "{":
            value, at = argument(text, at)
            kept.append(f"{{{_second_arguments(value)}}}")
        end = at
    return "".join(kept) + text[end:]


def _citations(text: str, names: Names) -> str:
    kept, end = [], 0
    for found in _CITE.finditer(text):
        if found.start() < end:
            continue
        kept.append(text[end : found.start()])
        first, end = option(text, found.end())
        second, end = option(text, end)
        value, end = argument(text, end)
        keys = [key.strip() for key in value.split(",") if key.strip()]
        names.asked.update(dict.fromkeys(keys))
        note = second if second is not None else first or ""
        kept.append(_printed(found[0].strip("\\*"), keys, note, names))
    return "".join(kept) + text[end:]


def _printed(command: str, keys: list[str], note: str, names: Names) -> str:
    """Return a citation as natbib prints it, by number or by author and year."""
    if command.startswith("nocite") or not keys:
        return ""
    printed = [names.cited.get(key, key) for key in keys]
    after = f", {latex.plain(note)}" if note else ""
    targets = [names.short(key) for key in keys]
    if not all(re.search(r"(?:19|20)\d\d[a-z]?$|n\.d\.$", text) for text in printed):
        return link(f"[{', '.join(printed)}{after}]", targets, "reference")
    if "citet" in command.lower() or "textcite" in command or "citealt" in command:
        text = ", ".join(re.sub(r",?\s*(\S+)$", r" (\1)", one) for one in printed)
    else:
        text = "; ".join(printed)
    alone = "alp" in command or "alt" in command or "citet" in command or "textcite" in command
    return link(f"{text}{after}" if alone else f"({text}{after})", targets, "reference")


def _reference(found: re.Match[str], names: Names) -> str:
    keys = [key.strip() for key in found["keys"].split(",")]
    printed = ", ".join(names.numbers.get(key, "?") for key in keys)
    prefix = latex.plain(found["prefix"] or "")
    close = ")" if "(" in prefix or "eqref" in found[0] else ""
    start = "(" if close and "(" not in prefix else ""
    return link(f"{prefix}{start}{printed}{close}", map(names.short, keys))


def labels_of(text: str) -> Iterable[str]:
    r"""Return the keys of every \label in a text."""
    return [key.strip() for key in re.findall(r"\\label\s*\{([^{}]{1,300})\}", text)]
