"""Words of praise and of criticism, and how near they stand to the cited work.

The lists were written without a look at the corpus; a star stands for any ending.
"""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

NEAR, FAR = 40, 120  # letters
CRITICISM = """
    although bias* but cannot complex* contrary costly criticis* criticiz* degrade* difficult*
    disadvantage* drawback* error* expensive fail* hard however ignor* impractical inaccura*
    inadequa* inconsisten* incorrect* inefficien* inferior insufficien* intractab* lack* less limit*
    lower mistake* naive neglect* neither never no noisy nor not omit* only overestimat* overlook*
    poor* problem* question* rarely require* restrict* shortcoming* simplistic slow* sparse* suffer*
    though too unable underestimat* unfortunately unlike unrealistic unreliab* weak* worse
"""
PRAISE = """
    accura* achieve* adopt* advantage* art benefit* best better competitive demonstrat* effective*
    efficient* elegant excellent fast* follow* good high* important* impressive improve* influential
    inspired leading notabl* novel outperform* pioneering popular powerful* promising robust*
    seminal significant* simple standard state state-of-the-art strong* success* superior well
    well-known widely
"""
_DOUBT = re.compile(r"(?:although|but|however|though|unfortunately|while)\b")


def polarity(marked: Sequence[str]) -> NDArray[np.float64]:
    """Return features [S, F] of sentences in which TARGETCIT stands for the cited work."""
    lists = [_pattern(words) for words in (CRITICISM, PRAISE)]
    return np.array([_features(text.lower(), lists) for text in marked])


def _pattern(words: str) -> re.Pattern[str]:
    endings = (re.escape(word).replace(r"\*", r"\w*") for word in words.split())
    return re.compile(rf"\b(?:{'|'.join(endings)})\b")


def _features(text: str, lists: Sequence[re.Pattern[str]]) -> list[float]:
    places = [match.start() for match in re.finditer("targetcit", text)]
    features: list[float] = []
    for pattern in lists:
        found = [match.start() for match in pattern.finditer(text)]
        away = [min((at - place for place in places or [len(text) // 2]), key=abs) for at in found]
        features += [np.log1p(len(away)), sum(-NEAR <= gap < 0 for gap in away)]
        features += [sum(0 <= gap <= reach for gap in away) for reach in (NEAR, FAR)]
    first = places[0] if places else len(text) // 2
    shape = [len(text) / 200, first / max(1, len(text)), len(places), text.count("othercit")]
    return [*features, *shape, bool(_DOUBT.match(text)), bool(re.search(" (however|but)", text))]
