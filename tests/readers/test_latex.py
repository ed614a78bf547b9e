"""LaTeX in fields becomes the text that it prints."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperflow.readers.latex import address, plain


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("plain text", "plain text"),
        (r"{\'E}cole \'ecole \'{e}cole {\'{e}}cole", "École école école école"),
        (r"G{\"o}del G\"odel G\"{o}del", "Gödel Gödel Gödel"),
        (r"na\"{\i}ve na\"\i ve na{\"\i}ve", "naïve naïve naïve"),
        (
            r"\v{S}koda \v Skoda \c{c}a \k{a} \u{g} \H{o} \.{Z} \d{a} \r{a} \=o",
            "Škoda Škoda ça ą ğ ő Ż ạ å ō",
        ),
        (r"\o re \ss{} \aa ngstr{\o}m {\L}\'od\'z \ae on", "øre ß ångstrøm Łódź æon"),
        (r"{G}raph {Transformers}", "Graph Transformers"),
        (r"\textit{it} \emph{em} {\em old} {\bf b} \textsc{Sc}", "it em old b Sc"),
        (r"a \& b \% c \$ d \# e \_ f \{ g \}", "a & b % c $ d # e _ f { g }"),
        ("50% off & more_or #1", "50% off & more_or #1"),
        ("A~B", "A B"),
        ("http://a.org/~ada", "http://a.org/~ada"),
        ("a -- b --- c-d", "a – b — c-d"),
        ("``quoted'' and 'single'", "“quoted” and 'single'"),
        (r"$x^2_{i}$ and \(y\)", r"$x^2_{i}$ and \(y\)"),
        (r"costs \$5 or $6", "costs $5 or $6"),
        (r"\alpha-\Omega{} \lambda", "α-Ω λ"),
        (r"\LaTeX{} and \TeX\ too", "LaTeX and TeX too"),
        (r"\textbackslash{}x \textasciitilde{} \textless b\textgreater", "\\x ~ <b>"),
        (r"line\\break hy\-phen", "line break hyphen"),
        (
            r"\url{http://a.org/b_c} \foo{kept} \method works",
            r"http://a.org/b_c kept \method works",
        ),
        (r"\^{} \~{} \'5", "^ ~ '5"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("unbalanced {brace", "unbalanced brace"),
        ("trailing \\", "trailing \\"),
    ],
)
def test_latex_becomes_the_text_that_it_prints(written: str, printed: str) -> None:
    assert plain(written) == printed


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("http://a.org/b_c%20d~e", "http://a.org/b_c%20d~e"),
        (r"http://a.org/b\_c\%20d\~{}e\#f\&g", "http://a.org/b_c%20d~e#f&g"),
        (r"\url{http://a.org}", "http://a.org"),
        (r"10.1000/a{\_}b", "10.1000/a_b"),
        (r"http://a.org/{\textasciitilde}e", "http://a.org/~e"),
    ],
)
def test_addresses_lose_only_their_escapes(written: str, meant: str) -> None:
    assert address(written) == meant


@given(st.text(st.characters(exclude_characters="\\{}$~-`'"), max_size=60))
def test_text_without_latex_is_left_alone(text: str) -> None:
    assert plain(text) == text
    assert address(text) == text


@given(st.text(alphabet="\\{}$~-`'\"^=.uvHckdbrta ()", max_size=60))
def test_no_latex_is_too_broken(text: str) -> None:
    assert isinstance(plain(text), str)
    assert isinstance(address(text), str)


@pytest.mark.parametrize("piece", ["$", "{", "\\(", "\\'", "\\a", "~", "``", "\\' ", "\\'{"])
def test_hostile_repetition_takes_time_in_proportion(piece: str) -> None:
    def seconds(times: int) -> float:
        start = time.process_time()
        plain(piece * times)
        return time.process_time() - start

    assert seconds(200_000) < 100 * max(seconds(20_000), 0.005)
