"""Words of a text, cut as the full-text index cuts them, and TF-IDF vectors of texts."""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

_WORD = re.compile(r"[^\W_]+")
_ACCENT = re.compile("[\u0300-\u036f]+")

# Function words only: "few", "zero", "one" and "self" carry meaning in this field.
_FUNCTION_WORDS = """
a an the this that these those such same other others another each every either neither both all
any some no not nor i we us our ours you your they them their he she his her it its itself
themselves who whom whose which what whatever where when why how whether of in on at by for with
without from to into onto upon over under about against between among through throughout via per
during before after than as if unless so but and or yet because although though while whereas
until since once is are was were am be been being do does did done doing has have had having can
could may might must shall should will would cannot there here then thus hence therefore thereby
however also too very just only even still already always never ever more most less least much
many several various et al etc eg ie s t re ve ll
"""
STOP_WORDS = frozenset(_FUNCTION_WORDS.split())

# Words with which people ask for papers; they say nothing about the papers' subject.
_ASKING_WORDS = """
paper papers article articles study studies research work works literature publication
publications reference references author authors find finding looking look search searching seek
seeking show give tell me list recommend recommended recommendation suggest suggestion suggestions
point direct know aware provide please want need interested discuss discusses discussing discussed
explore explores exploring explored investigate investigates investigating investigated examine
examines examining examined address addresses addressing addressed focus focuses focusing focused
propose proposes proposing proposed present presents presenting presented introduce introduces
introducing introduced uses using used regarding concerning related topic field recent
"""
REQUEST_WORDS = frozenset(_ASKING_WORDS.split())


def plain(text: str) -> str:
    """Return `text` lower-cased and without accents."""
    if not text.isascii():
        text = _ACCENT.sub("", unicodedata.normalize("NFKD", text))
    return text.casefold()


def words(text: str) -> list[str]:
    """Return the words of `text` in order, lower-cased and without accents."""
    return _WORD.findall(plain(text))


@lru_cache(maxsize=1 << 17)
def stem(word: str) -> str:
    """Return Porter's stem of a word, as the full-text index has it."""
    return str(_stemmer().stemWord(word))


def stems(text: str) -> list[str]:
    """Return the stems of the words of `text` that are no function words, in order."""
    return [stem(word) for word in words(text) if word not in STOP_WORDS]


def words_of(stems: Collection[str]) -> re.Pattern[str]:
    """Return a pattern that finds, in plain text, every word with one of `stems`, and few others.

    Porter's steps change no more than the last letter of what they leave, so a word
    starts with its stem but for that letter; the caller compares the stems themselves.
    """
    starts = sorted({re.escape(stem[:-1]) for stem in stems})
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(starts)})[^\W_]*" if starts else r"(?!)")


def tfidf(texts: Sequence[str]) -> NDArray[np.float64]:
    """Return unit TF-IDF vectors [N, V] of words; term frequency is damped by a logarithm.

    The inverse document frequency is log((1 + N) / (1 + n)) + 1, as in scikit-learn.
    Dense, and words as they are: for hundreds of candidates that is faster than to load
    a sparse library and to stem.
    """
    counts = [_counted(text) for text in texts]
    vocabulary = {word: column for column, word in enumerate(sorted(set().union(*counts)))}
    damped = np.zeros((len(texts), len(vocabulary)))
    for row, count in enumerate(counts):
        places = [vocabulary[word] for word in count]
        damped[row, places] = 1 + np.log(list(count.values()))
    spread = np.count_nonzero(damped, axis=0)
    result = damped * (np.log((1 + len(texts)) / (1 + spread)) + 1)
    length = np.linalg.norm(result, axis=1, keepdims=True)
    vectors: NDArray[np.float64] = result / np.where(length > 0, length, 1)
    return vectors


def cosines(texts: Sequence[str]) -> NDArray[np.float64]:
    """Return the TF-IDF cosine of every two texts [N, N], within [0, 1]."""
    vectors = tfidf(texts)
    product: NDArray[np.float64] = vectors @ vectors.T
    return np.clip(product, 0, 1)


@lru_cache(maxsize=4096)
def _counted(text: str) -> Mapping[str, int]:
    """Return how often each word stands in `text`; novelty and diversity both ask."""
    return Counter(word for word in words(text) if word not in STOP_WORDS)


@lru_cache(maxsize=1)
def _stemmer() -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer("porter")
