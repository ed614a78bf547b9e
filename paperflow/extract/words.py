"""Words of a passage with their offsets, and the key under which two spellings are one term."""

import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache

PASSAGES = 512  # of a full text, about: what several extractors ask of each of them is kept

# What is no prose: links, citations, formulas, commands and mark-up. Order matters.
_NOT_PROSE = re.compile(
    r"""https?://\S+ | www\.\S+ | \b[\w.+-]{1,64}@[\w-]{1,64}\.\w{2,}
    | \b(?:github|gitlab)\.(?:com|io)\S*
    | \\(?:cite[a-z]*|ref|eqref|label|url|href|footnote)\*?\s*(?:\[[^\]]{0,200}\])*\{[^{}]{0,400}\}
    | \\\(.{0,400}?\\\) | \\\[.{0,400}?\\\] | \$\$[^$]{0,400}\$\$
    | (?P<kept>\$[A-Za-z0-9]\$(?=-[A-Za-z])) | \$[^$\n]{1,300}\$
    | </?[A-Za-z][^<>]{0,100}> | &[a-z]{2,8}; | \[\d[\d,;\s–-]*\]""",
    re.VERBOSE | re.DOTALL,
)
_COMMAND = re.compile(r"\\[A-Za-z]+\*?\s?|[{}~]")
_WORD = re.compile(
    r"""\$[A-Za-z0-9]\$-[A-Za-z]+                            # $k$-means
    | [^\W_]
      (?:[^\W_]|[-‐‑@_+](?=[^\W_])|(?<=\d)\.(?=\d)|(?<=[A-Z])&(?=[A-Z])|(?<=[A-Z])['’](?=[A-Z]))*
      (?:['’]s\b)?\+{0,2}""",
    re.VERBOSE,
)
_PREFIXES = frozenset(
    """
    anti auto bi co cyber de electro hyper inter intra macro mega meso meta micro mid mini
    multi nano neuro non omni over para photo poly post pre proto pseudo quasi re semi
    spatio sub super tele trans tri ultra un under uni
    """.split()
)
_OPEN_PREFIXES = _PREFIXES - frozenset("de on over photo post super ultra under".split())
_SAME_IN_PLURAL = frozenset(
    """
    series news species bias axis analysis basis hypothesis synthesis thesis crisis
    diagnosis paralysis emphasis genesis photosynthesis lens gas bus canvas chaos atlas
    alias physics mathematics statistics dynamics kinematics economics robotics linguistics
    semantics graphics mechanics optics genomics proteomics bioinformatics ethics politics
    logistics analytics asymptotics heuristics basics topics diabetes always perhaps sometimes "
    "across
    plus minus thus its this means apparatus corpus virus status focus consensus locus
    campus census bonus nexus stimulus radius genus apparatus calculus modulus torus us as
    is was has does yes bayes markov-s sms gps css dns aws ios os ms ss cs rs ds ics ras las
    yes sars bras pubs
    """.split()
)
_PLURAL_OF = {
    "matrices": "matrix", "vertices": "vertex", "indices": "index", "analyses": "analysis",
    "hypotheses": "hypothesis", "syntheses": "synthesis", "theses": "thesis", "bases": "base",
    "axes": "axis", "criteria": "criterion", "phenomena": "phenomenon", "corpora": "corpus",
    "data": "data", "media": "media", "lemmata": "lemma", "schemata": "schema", "children": "child",
    "appendices": "appendix", "stimuli": "stimulus", "nuclei": "nucleus", "optima": "optimum",
    "minima": "minimum", "maxima": "maximum", "spectra": "spectrum", "automata": "automaton",
    "manifolds": "manifold", "biases": "bias", "lenses": "lens", "gases": "gas", "viruses": "virus",
    "movies": "movie", "cookies": "cookie", "caches": "cache", "niches": "niche", "axioms": "axiom",
    "leaves": "leaf", "lives": "life", "halves": "half", "formulae": "formula", "people": "people",
}  # fmt: skip
_SPELLING = (
    (re.compile(r"isation(?=s?$)"), "ization"),
    (re.compile(r"(?<=[a-z]{3})ise(?=[ds]?$)"), "ize"),
    (re.compile(r"(?<=[a-z]{3})ising$"), "izing"),
    (re.compile(r"yse(?=[ds]?$)"), "yze"),
    (re.compile(r"elling$"), "eling"),
    (re.compile(r"elled$"), "eled"),
    (re.compile(r"(?<=hbor|avio|olor)u(?=r)"), ""),
    (re.compile(r"our(?=(?:s|hood|al|ed|ing)?$)"), "or"),
)
_AS_THEY_ARE = frozenset(
    "four hour our your pour tour source course detour contour spelling selling telling dwelling "
    "noise precise exercise expertise enterprise otherwise pairwise likewise promise premise "
    "concise wise rise raise praise cruise disguise franchise merchandise paradise compromise "
    "surprise supervise supervised supervising unsupervised revise revised devise devised advise "
    "noised excelled compelled expelled".split()
)


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a passage: `lower` is `text` folded to lower case with plain hyphens."""

    start: int
    end: int
    text: str
    lower: str


def prose(text: str) -> str:
    """Return `text`, as long as before, with links, formulas and commands blanked out.

    What separates words becomes "|"; what merely marks them (a command, a brace) a space.
    """
    text = _NOT_PROSE.sub(lambda match: match["kept"] or "|" * len(match.group()), text)
    return _COMMAND.sub(lambda match: " " * len(match.group()), text)


@lru_cache(maxsize=PASSAGES)
def words(text: str) -> tuple[Word, ...]:
    """Return the words of `text` in order."""
    return tuple(
        Word(match.start(), match.end(), match.group(), _lower(match.group()))
        for match in _WORD.finditer(prose(text))
    )


def words_between(text: str, start: int, end: int) -> range:
    """Return the numbers of the words of `text` that lie between two places."""
    starts = _starts(text)
    return range(bisect_left(starts, start), bisect_left(starts, end))


@lru_cache(maxsize=PASSAGES)
def _starts(text: str) -> tuple[int, ...]:
    return tuple(word.start for word in words(text))


def adjoining(text: str, left: Word, right: Word) -> bool:
    """Tell whether nothing but space (or a command or brace of LaTeX) is between two words."""
    between = text[left.end : right.start]
    return between == " " or not _COMMAND.sub("", between).strip()


def _lower(word: str) -> str:
    lower = word.lower().replace("‐", "-").replace("‑", "-").replace("’", "'").replace("$", "")
    return lower if lower.isascii() else unicodedata.normalize("NFKC", lower)


@lru_cache(maxsize=65536)
def singular(word: str) -> str:
    """Return the singular of a lower-case noun by the regular rules and the common exceptions."""
    if word in _PLURAL_OF:
        return _PLURAL_OF[word]
    if len(word) < 4 or not word.endswith("s") or word in _SAME_IN_PLURAL:
        return word
    if word.endswith(("ss", "us", "is", "'s")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zzes")):
        return word[:-2]
    return word[:-1]


@lru_cache(maxsize=65536)
def word_key(lower: str) -> tuple[str, ...]:
    """Return the parts of a word's key: "pre-training" is one part, "message-passing" two."""
    lower = lower.removesuffix("'s")
    parts = [_spelling(singular(part)) for part in lower.replace("_", "-").split("-") if part]
    return tuple(_joined(parts, _PREFIXES))


def is_prefix(lower: str) -> bool:
    """Tell whether a word is joined to the one after it: "multi head" is "multihead"."""
    return lower in _OPEN_PREFIXES


def key_parts(spelled: tuple[str, ...]) -> tuple[str, ...]:
    """Return the parts of the key of a phrase, given its words in lower case."""
    parts = [part for word in spelled for part in word_key(word)]
    return tuple(_joined(parts, _OPEN_PREFIXES))


def phrase_key(text: str) -> str:
    """Return the key of a phrase: the same for its plural, hyphens, case, British spelling."""
    return " ".join(key_parts(tuple(word.lower for word in words(text))))


def _joined(parts: list[str], prefixes: frozenset[str]) -> list[str]:
    """Join prefixes to what follows, so that "pre training" is "pretraining"."""
    result: list[str] = []
    prefix = ""
    for part in parts:
        if part in prefixes:
            prefix += part
            continue
        result.append(prefix + part)
        prefix = ""
    return [*result, prefix] if prefix else result


@lru_cache(maxsize=65536)
def _spelling(word: str) -> str:
    """Return the American spelling."""
    if word in _AS_THEY_ARE or len(word) < 5:
        return word
    for pattern, replacement in _SPELLING:
        word = pattern.sub(replacement, word)
    return word
