"""Characters beyond ASCII, and what sets them in LaTeX with its default fonts."""

import unicodedata
from functools import cache

from paperflow.reports.text import to_ascii

# Accents by combining character; each command works in every text encoding but \k.
ACCENTS = {
    "\u0300": "`",
    "\u0301": "'",
    "\u0302": "^",
    "\u0303": "~",
    "\u0304": "=",
    "\u0306": "u",
    "\u0307": ".",
    "\u0308": '"',
    "\u030a": "r",
    "\u030b": "H",
    "\u030c": "v",
    "\u0323": "d",
    "\u0327": "c",
    "\u0328": "k",
    "\u0331": "b",
}

LETTERS = {
    "ß": "ss",
    "æ": "ae",
    "Æ": "AE",
    "œ": "oe",
    "Œ": "OE",
    "å": "aa",
    "Å": "AA",
    "ø": "o",
    "Ø": "O",
    "ł": "l",
    "Ł": "L",
    "ı": "i",
    "đ": "dj",
    "Đ": "DJ",
    "ð": "dh",
    "Ð": "DH",
    "þ": "th",
    "Þ": "TH",
    "ŋ": "ng",
    "Ŋ": "NG",
}

# Commands that the old default encoding OT1 lacks, with a look-alike that it has.
ABSENT = {
    "k": ("[1]", r"\c{#1}"),
    "dj": ("", "d"),
    "DJ": ("", "D"),
    "dh": ("", "d"),
    "DH": ("", "D"),
    "th": ("", "th"),
    "TH": ("", "Th"),
    "ng": ("", "n"),
    "NG": ("", "N"),
    "guillemetleft": ("", r"\ensuremath{\ll}"),
    "guillemetright": ("", r"\ensuremath{\gg}"),
    "guilsinglleft": ("", r"\ensuremath{<}"),
    "guilsinglright": ("", r"\ensuremath{>}"),
    "quotedblbase": ("", ",,"),
    "quotesinglbase": ("", ","),
}
ABSENT_QUOTES = {
    "«": "guillemetleft",
    "»": "guillemetright",
    "‹": "guilsinglleft",
    "›": "guilsinglright",
    "„": "quotedblbase",
    "‚": "quotesinglbase",
}

# What LaTeX (2020 and later) sets from UTF-8 without a package.
_BUILT_IN = frozenset(
    "¡¢£¤¥¦§¨©ª¬\u00ad®¯°±²³´µ¶·¸¹º¼½¾¿×÷ĲĳĀāĂăĆćĨĩĪīĬĭĵǰȘșȚț\u200c‐‑‒–—―‖‘’“”†‡•…‰‱※‽⁄⁎⁒"
    "₡₤₦₩₫€₱℃№℗℞℠™℧℮←↑→↓◦◯♪"
)

_GREEK = """
α alpha β beta γ gamma δ delta ε varepsilon ζ zeta η eta θ theta ι iota κ kappa λ lambda μ mu
ν nu ξ xi π pi ρ rho σ sigma ς varsigma τ tau υ upsilon φ varphi χ chi ψ psi ω omega ϕ phi
ϵ epsilon ϑ vartheta ϱ varrho ϖ varpi Γ Gamma Δ Delta Θ Theta Λ Lambda Ξ Xi Π Pi Σ Sigma
Υ Upsilon Φ Phi Ψ Psi Ω Omega
"""
_OPERATORS = """
≤ leq ≥ geq ⩽ leq ⩾ geq ≠ neq ≈ approx ≡ equiv ∼ sim ≃ simeq ≅ cong ∝ propto ∞ infty ∑ sum
∏ prod ∐ coprod ∫ int ∮ oint √ surd ∂ partial ∇ nabla ∈ in ∉ notin ∋ ni ⊂ subset ⊃ supset
⊆ subseteq ⊇ supseteq ∪ cup ∩ cap ∅ emptyset ∀ forall ∃ exists ¬ neg ∧ wedge ∨ vee ⊕ oplus
⊖ ominus ⊗ otimes ⊘ oslash ⊙ odot ⊥ perp ∥ parallel ∠ angle ∘ circ ∙ bullet ⋅ cdot ⋆ star
∗ ast ⋯ cdots ⋮ vdots ⋱ ddots ⟨ langle ⟩ rangle ⌈ lceil ⌉ rceil ⌊ lfloor ⌋ rfloor ℓ ell ℏ hbar
ℜ Re ℑ Im ℵ aleph ℘ wp ↔ leftrightarrow ⇒ Rightarrow ⇐ Leftarrow ⇔ Leftrightarrow ↦ mapsto
⟶ longrightarrow ↗ nearrow ↘ searrow ↙ swarrow ↖ nwarrow ⊢ vdash ⊣ dashv ⊤ top ⊨ models ≪ ll
≫ gg ≺ prec ≻ succ ∓ mp ∖ setminus △ triangle ★ star ♠ spadesuit ♣ clubsuit ♥ heartsuit
♦ diamondsuit ′ prime ⋃ bigcup ⋂ bigcap ≜ equiv ≔ equiv ⊔ sqcup ⊓ sqcap ⊎ uplus ◇ diamond
"""

# Commands of LaTeX's own mathematics that take no argument: one sign each, …
MATH_SIGNS = """
alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi
varpi rho varrho sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi
Pi Sigma Upsilon Phi Psi Omega aleph hbar imath jmath ell wp Re Im partial infty prime emptyset
nabla surd top bot angle triangle forall exists neg flat natural sharp sum prod coprod bigcap
bigcup bigoplus bigotimes bigvee bigwedge pm mp setminus cdot times ast star diamond circ bullet
div cap cup uplus sqcap sqcup wedge vee oplus ominus otimes oslash odot dagger ddagger leq le
prec preceq ll subset subseteq in vdash geq ge succ succeq gg supset supseteq ni dashv equiv sim
simeq approx propto perp mid parallel asymp neq ne leftarrow gets rightarrow to leftrightarrow
Leftarrow Rightarrow Leftrightarrow mapsto longleftarrow uparrow downarrow updownarrow nearrow
searrow swarrow nwarrow langle rangle lceil rceil lfloor rfloor lbrace rbrace vert Vert backslash
colon
"""
# … and words and compounds, which a script or a root takes in braces only.
MATH_WORDS = """
Longrightarrow Pr arccos arcsin arctan arg cdots cong cos cosh cot coth csc ddots deg det dim dots
exp gcd hom iff inf int ker ldots lg lim liminf limsup ln log longrightarrow max min models notin
oint qquad quad sec sin sinh sup tan tanh vdots
"""


@cache
def math_symbols() -> dict[str, str]:
    """Return the command without its backslash of each Greek letter and operator."""
    words = f"{_GREEK} {_OPERATORS}".split()
    symbols = dict(zip(words[::2], words[1::2], strict=True))
    return {char: name for char, name in symbols.items() if char not in _BUILT_IN}


def needs_fallback(char: str) -> bool:
    """Return whether plain LaTeX would stop at `char`."""
    return not (char.isascii() or char in _BUILT_IN or char in ABSENT_QUOTES)


def fallback(char: str) -> str:
    r"""Return what stands for `char` where LaTeX has no glyph for it.

    Greek and operators become mathematics, scripts become raised or lowered, other
    letters their transcription, marks without width nothing, and the rest "?".
    """
    marks = unicodedata.normalize("NFD", char)[1:]
    if len(marks) == 2 and ACCENTS.keys() >= set(marks):
        first, second = (ACCENTS[mark] for mark in marks)
        return rf"\{second}{{\{first}{{{to_ascii(char)}}}}}"
    if command := math_symbols().get(unicodedata.normalize("NFKC", char)):
        return rf"\ensuremath{{{'' if command != 'prime' else '^'}\{command}}}"
    if char in "\u2212\u2010\u2011":
        return r"\ensuremath{-}"
    plain = "".join(part for part in to_ascii(char) if part.isalnum() or part in " '()+-=,.;:/")
    shape = unicodedata.decomposition(char).partition(" ")[0]
    if plain and shape in ("<super>", "<sub>"):
        return rf"\text{shape[1:-1]}script{{{plain}}}"
    if plain:
        return plain
    return "" if unicodedata.category(char) in ("Mn", "Me", "Cf") else "?"
