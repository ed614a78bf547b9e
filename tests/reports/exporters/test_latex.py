"""LaTeX: what is escaped prints as it was; what is kept as mathematics is harmless."""

import gzip
import json
import os
import re
import shutil
import subprocess
import unicodedata
from collections.abc import Callable, Sequence
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from paperflow.readers import read
from paperflow.readers.latex import plain
from paperflow.records import Paper
from paperflow.reports.bibtex import export
from paperflow.reports.latex import escape, escape_text, escape_title, preamble, verbatim
from paperflow.reports.latex_math import is_math, split_math
from paperflow.reports.latex_symbols import (
    ACCENTS,
    LETTERS,
    MATH_SIGNS,
    MATH_WORDS,
    fallback,
    math_symbols,
    needs_fallback,
)
from paperflow.reports.latex_written import as_written
from paperflow.reports.text import balanced, one_line
from tests.reports.exporters.cases import PAPERS, papers, texts

DEMO = Path(__file__).parents[3] / "data" / "demo" / "papers.jsonl"
# Values that are mostly LaTeX: for what a hostile or sloppy file may bring.
_COMMANDS = r"""
\emph \textbf \url{a_b} \input{x} \def\x \v \c c \'e \' \"{\i} \k{a} {\o} \% \& \# \_ \$ $ { } $x$
$x^2_1$ $\frac12$ $\frac$ $a^b^c$ $\mathbb{R}$ % & # _ ^ ~ \ é α 中 -- text $\left($ \relax \TeX
\begin{x} $\textrm{a}$ \href{a}{b} \textbackslash \noopsort{a} \par
"""
_WRITTEN = st.lists(st.sampled_from(_COMMANDS.split()), max_size=8).map(" ".join)


@pytest.fixture(scope="module")
def tex() -> None:
    """Skip without LaTeX on a user's machine; fail in CI."""
    missing = [name for name in ("pdflatex", "bibtex") if not shutil.which(name)]
    if missing:
        stop = pytest.fail if os.environ.get("CI") else pytest.skip
        stop(f"{' and '.join(missing)} not installed: make test-system installs a small TeX")


def ran(folder: Path, *command: str) -> str:
    """Run a program of TeX in `folder`; return what it printed, which must tell of no error."""
    done = subprocess.run(command, cwd=folder, capture_output=True, stdin=subprocess.DEVNULL)
    printed = done.stdout.decode("utf-8", "replace")
    errors = re.findall(r"^(?:!|I ).*(?:\n.*){0,4}", printed, re.MULTILINE)
    assert done.returncode == 0, "\n".join(errors) or printed[-2000:]
    return printed


def typeset(texts: Sequence[str]) -> None:
    """Set each text as a paragraph with LaTeX's defaults."""
    lines = [r"\documentclass{article}\begin{document}", *preamble(texts)]
    body = "\n\n".join(f"\\noindent {text}" for text in texts)
    with TemporaryDirectory() as folder:
        source = "\n".join([*lines, body, r"\end{document}"])
        Path(folder, "page.tex").write_text(source, encoding="utf-8")
        ran(Path(folder), "pdflatex", "-interaction=nonstopmode", "-halt-on-error", "page.tex")


def compiled(papers: Sequence[Paper], style: str = "plain") -> tuple[str, str]:
    """Compile a bibliography of all papers; return BibTeX's output and the .bbl."""
    latex = ("pdflatex", "-interaction=nonstopmode", "-halt-on-error", "main.tex")
    with TemporaryDirectory() as folder:
        here = Path(folder)
        with (here / "refs.bib").open("w", encoding="utf-8") as out:
            export(papers, out)
        (here / "main.tex").write_text(
            r"\documentclass{article}\begin{document}\nocite{*}"
            rf"\bibliographystyle{{{style}}}\bibliography{{refs}}\end{{document}}"
        )
        ran(here, *latex)
        printed = ran(here, "bibtex", "main")
        ran(here, *latex)
        ran(here, *latex)
        return printed, (here / "main.bbl").read_text(encoding="utf-8")


def odd_records(path: Path, count: int) -> list[Paper]:
    """Return real records whose title or abstract holds mathematics, LaTeX, or rare letters."""
    found: list[Paper] = []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            if "$" in line or "\\\\" in line or "\\u" in line:
                values = json.loads(line)
                names = ("title", "abstract", "authors", "year", "venue")
                stated = {name: values[name] for name in names}
                found.append(Paper.from_dict({"id": f"title:{values['id']}", **stated}))
    return found[:: max(1, len(found) // count)]


few = settings(
    max_examples=3,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.usefixtures("tex")
class TestInLatex:
    """What only LaTeX itself can tell."""

    def test_the_nasty_papers_compile(self) -> None:
        _, bibliography = compiled(PAPERS)
        assert bibliography.count("\\bibitem{") == len(PAPERS)

    def test_the_demo_corpus_compiles(self) -> None:
        found = [item for item in read(DEMO) if isinstance(item, Paper)]
        _, bibliography = compiled(found)
        assert bibliography.count("\\bibitem{") == len(found) >= 74

    def test_real_titles_and_abstracts_are_set_and_read_back(
        self, real_data: Callable[[str], Path]
    ) -> None:
        found = odd_records(real_data("conference/papers.jsonl.gz"), 500)
        assert len(found) >= 500
        texts = [escape_title(paper.title) for paper in found]
        texts += [escape_text(paper.abstract) for paper in found]
        typeset(texts)
        assert [plain(text) for text in texts[: len(found)]] == [
            unicodedata.normalize("NFC", one_line(paper.title)) for paper in found
        ]

    def test_latin_names_compile_in_styles_that_cut_names(self) -> None:
        names = ("Émile Ångström", "Łukasz Ærø", "Đorđe Ðurić", "Çağ Şen", "Íñigo Ōe", "Żak Ąbc")
        found = [Paper(title="T", authors=(name,), year=2020) for name in names]
        for style in ("abbrv", "alpha"):
            assert compiled(found, style)[1].count("\\bibitem") == len(found)

    def test_braces_keep_capitals_and_mathematics_in_a_style_that_lowers_titles(self) -> None:
        title = (
            r"Learning to rank with BERT in Paris: $O(\Delta N)$ methods for K-means and Ångström"
        )
        _, bibliography = compiled([Paper(title=title, year=2020)])
        assert (
            r"Learning to rank with {BERT} in {Paris}: {$O(\Delta N)$} methods for {K}-means and"
            r" {{\AA}ngstr{\"o}m}, 2020." in " ".join(bibliography.split())
        )

    def test_every_character_with_a_command_or_a_fallback_is_set(self) -> None:
        latin = [chr(code) for code in (*range(0xA1, 0x250), *range(0x1E00, 0x1F00))]
        others = [*LETTERS, *math_symbols(), *"«»‹›„‚“”‘’–—…•€™°′", *"שα中😀가ア²₃𝔸ﬁ\u0301\u200d"]
        symbols = [chr(code) for code in range(0x2010, 0x2300)]
        known = [char for char in (*latin, *others, *symbols) if unicodedata.category(char) != "Cn"]
        typeset([escape(char) for char in known])
        typeset([f"$x {name} {{{name}}}^{{{name}}}$" for name in math_symbols()])
        signs, words = MATH_SIGNS.split(), MATH_WORDS.split()
        typeset([rf"$x^\{name} \sqrt\{name}$" for name in signs])
        typeset([rf"$x^{{\{name}}} \{name}$" for name in words])

    @few
    @given(st.lists(texts, min_size=40, max_size=80))
    def test_any_text_is_set(self, values: list[str]) -> None:
        ways: list[Callable[[str], str]] = [escape, escape_text, escape_title, as_written]
        typeset([way(value) for value in values for way in ways])

    @few
    @given(st.lists(_WRITTEN, min_size=80, max_size=160))
    def test_any_field_that_a_file_wrote_in_latex_is_set(self, values: list[str]) -> None:
        typeset([way(value) for value in values for way in (as_written, escape_title)])

    @few
    @given(st.lists(papers(), min_size=20, max_size=40, unique_by=lambda paper: paper.id))
    def test_any_library_compiles(self, library: list[Paper]) -> None:
        compiled(library)


@given(texts)
def test_escaped_text_is_read_back_as_it_was(text: str) -> None:
    expected = unicodedata.normalize("NFC", one_line(text))
    for way in (escape, escape_text, escape_title):
        assert plain(way(text)) == expected


@given(texts | _WRITTEN)
def test_braces_are_balanced_whatever_comes(text: str) -> None:
    for way in (escape, escape_text, escape_title, as_written, verbatim):
        assert balanced(way(text))


@given(texts | _WRITTEN)
def test_a_written_field_is_mended_only_once(text: str) -> None:
    once = as_written(text)
    assert as_written(once) == once


@pytest.mark.parametrize(
    "text",
    [
        r"To \emph{appear} in {ACM}",
        r"M{\"u}ller and Garc{\'\i}a and \v{C}apek and \c c",
        r"100\% of C\# \& F\#, $x^2$",
        r"see \url{http://a.b/c_d} and \href{http://a.b/c_d}{there}",
    ],
)
def test_sound_latex_of_the_user_s_is_kept(text: str) -> None:
    assert as_written(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("C# & F#", r"C\# \& F\#"),
        ("2^10", r"2{\textasciicircum}10"),
        (
            r"\input{/etc/passwd}",
            r"{\textbackslash}input{\textbraceleft}/etc/passwd{\textbraceright}",
        ),
        ("open {", r"open {\textbraceleft}"),
        ("costs $5", r"costs \$5"),
        (r"C:\temp", r"C:{\textbackslash}temp"),
        (r"\emph", r"{\textbackslash}emph"),
    ],
)
def test_what_would_stop_latex_becomes_text(text: str, expected: str) -> None:
    assert as_written(text) == expected


@pytest.mark.parametrize(
    "body",
    [
        "x", "O(n^2)", r"\mathcal{X}", "^2", r"\frac12", r"\frac{a}{b}", "a_{b_{c}}", r"\{a\}",
        "β^3", r"\widetilde{\mathcal{O}}(\sqrt{T})", r"q\texttt{POTS}", "p*", "f''", r"\ell_{2,1}",
    ],
)  # fmt: skip
def test_mathematics_is_known(body: str) -> None:
    assert is_math(body)
    assert list(split_math(f"a ${body}$-b")) == [("a ", False), (f"${body}$", True), ("-b", False)]


@pytest.mark.parametrize(
    "body",
    [
        r"\input{x}", r"\def\x{\x}\x", r"\write18{id}", r"\csname x\endcsname", "a^b^c", "a'^2",
        r"\frac", r"\frac1", "a^", "{", "}{", r"[0,1\}", "a&b", "a#b", "a%b", "a~b", r"\left(",
        r"\\", r"x^\max", r"\sqrt\log n", "x^β", r"\frac\;\;",
        r"\text{a_b}", r"\mathbb", "é", "中", "{" * 20 + "}" * 20,
    ],
)  # fmt: skip
def test_what_is_no_sound_mathematics_is_text(body: str) -> None:
    assert not is_math(body)
    assert [math for _, math in split_math(f"a ${body}$ b")] == [False]
    assert re.sub(r"\\\$", "", escape_title(f"${body}$")).count("$") == 0


@pytest.mark.parametrize("text", ["costs $5 or $6", "$5-$6", "a $ b", "$ x$", "$x $", "US$", "$"])
def test_a_price_is_no_mathematics(text: str) -> None:
    assert list(split_math(text)) == [(text, False)]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("A Survey of Deep Learning", "A Survey of Deep Learning"),
        ("A survey of deep learning in Paris", "A survey of deep learning in {Paris}"),
        ("BERT and iPhone: GPT-4 at 3D", "{BERT} and {iPhone}: {GPT}-4 at {3D}"),
        ("Vitamin C: A review of vitamins", "Vitamin {C}: A review of vitamins"),
        ("ATTENTION IS ALL YOU NEED", "ATTENTION IS ALL YOU NEED"),
        ("BERT", "{BERT}"),
        ("$K$-means", "{$K$}-means"),
    ],
)
def test_only_what_must_keep_its_capitals_is_braced(title: str, expected: str) -> None:
    assert escape_title(title) == expected


def test_letters_become_commands_and_the_rest_stays() -> None:
    assert escape("é č ß Ł ç í") == r"{\'e} {\v c} {\ss} {\L} {\c c} {\'i}"
    assert escape("ễ ĩ α 中 – “x”") == "ễ ĩ α 中 – “x”"
    assert escape("e\u0301") == r"{\'e}"


def test_no_ligature_comes_of_two_signs() -> None:
    assert escape("a--b ``c'' ?`!`,,") == "a-{}-b `{}`c'{}' ?{}`!{}`,{},"


def test_what_latex_can_t_set_is_declared_once_and_only_where_it_stands() -> None:
    assert preamble(["plain text"]) == []
    assert preamble([r"{\k a}"]) == [
        r"\expandafter\providecommand\csname?\string\k\endcsname[1]{\c{#1}}"
    ]
    lines = preamble(["α中", "中α", r"$\mathbb{R}$"])
    assert lines[0] == r"\providecommand{\mathbb}[1]{\mathbf{#1}}"
    assert lines[1].startswith(r"\providecommand{\paperflowchar}[2]")
    assert lines[2:] == [r"\paperflowchar{α}{\ensuremath{\alpha}}", r"\paperflowchar{中}{?}"]


@pytest.mark.parametrize(
    ("char", "expected"),
    [
        ("≤", r"\ensuremath{\leq}"), ("Щ", "Shch"), ("가", "ga"), ("ア", "a"), ("𝔸", "A"),
        ("ﬁ", "fi"), ("₃", r"\textsubscript{3}"), ("⁴", r"\textsuperscript{4}"), ("中", "?"),
        ("ế", r"\'{\^{e}}"), ("😀", "?"), ("\u0301", ""), ("\u200d", ""), ("ש", "?"),
        ("−", r"\ensuremath{-}"),
    ],
)  # fmt: skip
def test_a_character_without_a_glyph_has_a_stand_in(char: str, expected: str) -> None:
    assert needs_fallback(char)
    assert fallback(char) == expected


def test_accents_are_what_unicode_says_they_are() -> None:
    for mark in ACCENTS:
        assert unicodedata.category(mark) == "Mn"
        composed = unicodedata.normalize("NFC", f"a{mark}")
        assert plain(escape(composed)) == composed


def test_a_long_text_takes_no_longer_than_its_length() -> None:
    text = "$x$ & {\\" * 20_000
    out = StringIO()
    export([Paper(title=text, abstract=text, extra={"note": text})], out)
    assert len(out.getvalue()) > len(text)
