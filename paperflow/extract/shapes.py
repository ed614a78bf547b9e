"""The shape of a candidate: what may stand alone, what its last word adds, how it is labelled."""

import re
from collections.abc import Callable

from paperflow.extract.lexicon import generic, heads, phrase_list, types_by_key, verbs, word_list
from paperflow.extract.phrases import Candidate, is_specific
from paperflow.extract.types import is_name
from paperflow.extract.words import key_parts, singular

# Last words that add nothing to a term of this type ("node classification task").
_EMPTY_HEADS = {
    "method": "mechanism architecture model framework method approach technique algorithm layer "
    "module block component scheme system technology strategy paradigm procedure",
    "task": "task problem benchmark dataset setting challenge application",
    "dataset": "dataset benchmark corpus challenge collection data",
    "metric": "metric score measure value",
}
_VAGUE = frozenset(" ".join(_EMPTY_HEADS.values()).split())
_EMPTY = {kind: frozenset(heads.split()) for kind, heads in _EMPTY_HEADS.items()}
NOUN_ENDING = re.compile(
    r"(?:[ts]ion|ity|ness|ism|ment|ance|ence|ysis|graphy|metry|ology|ancy|ency|phily|former|ing|gram)s?$"
)
ADJECTIVE_ENDING = re.compile(
    r"(?:[a-z]al|[a-z]ive|ous|[a-z]ic|able|ible|[a-z]ary|ful|less|ish|like|wise|esque|ant|ent|ular|oid)$"
)
_NOUNS_LIKE_ADJECTIVES = frozenset(
    "signal proposal goal retrieval removal interval material trial tutorial journal approval "
    "survival arrival potential integral differential polynomial denial dial portal capital animal "
    "hospital terminal mineral crystal diagonal principal arsenal "
    "objective perspective primitive narrative archive drive additive derivative incentive "
    "directive music topic metric traffic logic heuristic statistic fabric critic mechanic dynamic "
    "arithmetic clinic panic epidemic pandemic characteristic graphic semantic syntactic aesthetic "
    "variable table cable library dictionary summary boundary vocabulary query glossary adversary "
    "binary primary commentary itinerary agent gradient component element segment environment "
    "experiment document argument moment movement measurement content event accident incident "
    "patient client student parent talent current extent intent assignment alignment adjustment "
    "improvement requirement statement treatment refinement placement displacement deployment "
    "enhancement development management government equipment instrument supplement fragment "
    "augment increment descent coefficient exponent quotient ingredient transient recipient "
    "constituent percent accent invariant variant constant determinant quadrant restaurant "
    "participant assistant merchant plant descendant discriminant covariant entrant infant "
    "elephant rank tablet asteroid centroid ellipsoid humanoid android sigmoid solenoid manifold "
    "eigenvariable timetable collectible deliverable wearable renewable".split()
)


def is_term(candidate: Candidate, surface: str) -> bool:
    """Tell whether the words may stand as a term."""
    if candidate.key in phrase_list("junk.txt"):
        return False
    first, last = candidate.spelled[0], candidate.spelled[-1]
    if len(candidate.spelled) > 1:
        vague = len(candidate.spelled) == 2 and _is_modifier(first) and singular(last) in _VAGUE
        return not is_adjective(last) and _has_noun(candidate.spelled) and not vague
    return stands_alone(candidate.spelled[0], surface)


def stands_alone(lower: str, surface: str) -> bool:
    """Tell whether one word is a term: a name, or a noun that is made of others."""
    one = _singular_as_spelled(lower)
    if _is_modifier(lower):
        return False
    if one in generic("leading") or one in generic("plain"):
        return False
    if is_name(surface):
        return True
    last = singular(lower.split("-")[-1])
    if "-" in lower:
        gerund = last.endswith("ing") and last not in word_list("nominal.txt")
        noun = last in heads() or (bool(NOUN_ENDING.search(last)) and not gerund)
        return noun and is_specific((lower,))
    if lower in verbs() and lower not in word_list("nominal.txt"):
        return False
    return len(lower) > 7 and bool(NOUN_ENDING.search(last)) and last not in generic("plain")


def _is_modifier(lower: str) -> bool:
    """Tell whether a hyphenated word only says of what kind: "attention-based", "data-driven"."""
    tail = lower.rpartition("-")[2]
    return "-" in lower and (tail in _ADJECTIVE_TAILS or (tail.endswith("ed")))


def is_adjective(lower: str) -> bool:
    """Tell whether a word says of what kind something is, by its ending."""
    last = lower.split("-")[-1]
    known = singular(last) in _NOUNS_LIKE_ADJECTIVES or singular(last) in heads()
    if _is_modifier(lower):
        return True
    return not known and bool(ADJECTIVE_ENDING.search(last))


_ADJECTIVE_TAILS = frozenset(
    "based aware driven free level scale order art dimensional specific agnostic oriented guided "
    "invariant equivariant time wise like supervised trained tuned structured related dependent "
    "independent efficient grained invasive shot hop stage step view modal domain source".split()
)


def _has_noun(spelled: tuple[str, ...]) -> bool:
    return any(char.isalpha() for char in spelled[-1]) and len(spelled[-1]) > 1


def reduced(candidate: Candidate, text: str, known: Callable[[str], str]) -> tuple[Candidate, str]:
    """Return the candidate without a last word that adds nothing, and the type that it told.

    `known` gives the type of a key that is a term already, or "".
    """
    spelled = candidate.spelled
    if len(spelled) < 2:
        return candidate, ""
    name = text[candidate.end - len(spelled[-1]) : candidate.end]
    if is_name(name) and singular(spelled[-2]) in generic("trailing") | generic("plain"):
        alone = spelled[-1:]
        start = candidate.end - len(name)
        return Candidate(start, candidate.end, alone, " ".join(key_parts(alone))), ""
    last, rest = singular(spelled[-1].split("-")[-1]), spelled[:-1]
    key = " ".join(key_parts(rest))
    end = _end_without_last(candidate, text)
    surface = text[candidate.start : end]
    for kind, empty in _EMPTY.items():
        if last in empty and (_is_of(kind, rest, key, known) or is_name(surface)):
            told = kind if kind in ("method", "dataset") and not known(key) else ""
            return Candidate(candidate.start, end, rest, key), told
    return candidate, ""


def _is_of(kind: str, rest: tuple[str, ...], key: str, known: Callable[[str], str]) -> bool:
    """Tell whether the words before the last are a term of this type by themselves."""
    if known(key):
        return known(key) == kind
    if heads().get(key.split()[-1]) != kind:
        return False
    return kind == "task" or (len(rest) > 1 and is_specific(rest))


def _end_without_last(candidate: Candidate, text: str) -> int:
    body = text[candidate.start : candidate.end]
    head = body[: -len(candidate.spelled[-1])]
    return candidate.start + len(head.rstrip(" \t\n~{}"))


def label_of(surface: str, key: str, starts_sentence: bool, named: bool = False) -> str:
    """Return the label of a term: singular, without capitals that only a title gives it.

    `named` tells that the term is a name, whose capitals belong to it.
    """
    if listed := types_by_key().get(key):
        return listed[1]
    spelled = re.sub(r"\\[A-Za-z]+|[{}~$]", " ", surface).split()
    titled = len(spelled) > 1 and all(_titled(word) for word in spelled if len(word) > 3)
    folded = [
        _folded(word, not named and (titled or (at == 0 and starts_sentence)))
        for at, word in enumerate(spelled)
    ]
    if folded:
        folded[-1] = _singular_as_spelled(folded[-1])
    return " ".join(folded)


def _titled(word: str) -> bool:
    return word[:1].isupper() or word[:1].isdigit()


def _folded(word: str, fold: bool) -> str:
    """Return the word in lower case, unless it is an acronym, a name, or a proper noun."""
    common = word.istitle() and singular(word.lower()) in heads()
    if not (fold or common) or _keeps_capitals(word):
        return word
    return "-".join(part if _keeps_capitals(part) else part.lower() for part in word.split("-"))


def _keeps_capitals(word: str) -> bool:
    """Tell whether capitals belong to the word: "GNNs", "ImageNet", "Bayesian", not "SParse"."""
    proper = word in word_list("proper.txt")
    acronym = len(word) > 1 and word.rstrip("s").isupper()
    inner = is_name(word) and "-" not in word and not re.match(r"[A-Z]{2}[a-z]", word)
    return proper or acronym or (inner and not re.search(r"[a-z][A-Z]$", word))


def _singular_as_spelled(word: str) -> str:
    """Return the singular of a word with its capitals kept."""
    head, hyphen, last = word.rpartition("-")
    if last[:-1].isupper() and last.endswith("s"):
        return head + hyphen + last[:-1]
    lower, one = last.lower(), singular(last.lower())
    if one == lower or last.endswith("S"):
        return word
    return head + hyphen + (last[: len(one)] if lower.startswith(one) else last[:1] + one[1:])
