"""Folds of Athar's sentences, and scores of every sentence by models that did not see it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from model_bench.experiment import kept
from model_bench.sentence_views import AID, READING, VIEWS, WIDTH, corpus
from model_bench.stacking import Floats, Ints

GROUPED, RANDOM = "grouped by cited paper", "random 10-fold"
FOLDS = {GROUPED: 5, RANDOM: 10}
REACH = {GROUPED: 2, RANDOM: 1}  # how far around the ring of folds the partners of one are


@dataclass(frozen=True)
class Folds:
    """The folds of a protocol by a seed, and the share of the sentences that may be learned."""

    kind: str
    seed: int
    share: float = 1.0

    @cached_property
    def of(self) -> Ints:
        """Each sentence's fold [S]; where they are grouped, one for all about a paper."""
        draw, cited = np.random.default_rng(self.seed), corpus().cited
        if self.kind == RANDOM:
            return draw.permutation(len(cited)) % FOLDS[self.kind]
        works = sorted(set(cited))
        order = draw.permutation(len(works)) % FOLDS[self.kind]
        place = dict(zip(works, order.tolist(), strict=True))
        return np.array([place[work] for work in cited])

    def partners(self, test: int) -> list[int]:
        """Return the folds whose sentences choose for a test fold: its neighbours in a ring.

        A model that is blind to two folds serves either as the other's. Of five folds all others
        are partners.
        """
        steps = range(1, REACH[self.kind] + 1)
        return [(test + way * step) % FOLDS[self.kind] for step in steps for way in (-1, 1)]

    def apart(self, *left: int) -> tuple[Ints, Ints]:
        """Return the rows to train on and those of the folds left, no sentence on both sides."""
        texts, away = corpus().texts, np.isin(self.of, left)
        shown = {texts[row] for row in np.flatnonzero(away)}
        draw = np.random.default_rng(self.seed + 1000).random(len(texts))
        known = np.flatnonzero(~away & (draw < self.share))
        return np.array([row for row in known if texts[row] not in shown]), np.flatnonzero(away)

    def scores(self, view: str, test: int) -> Floats:
        """Return a view's scores [S, 3] of the test fold's rows and of its partners'.

        Those of the test are means over the models of the partners.
        """
        told, others = np.zeros((len(self.of), 3)), self.partners(test)
        for other in others:
            found = self._blind(view, min(test, other), max(test, other))
            told[self.of == other] = found[self.of == other]
            told[self.of == test] += found[self.of == test] / len(others)
        return told

    def _blind(self, view: str, *left: int) -> Floats:
        """Return the scores [S, 3] of the rows of two folds by a view that did not see them."""

        def make() -> Floats:
            train, last = self.apart(*left)
            told = np.zeros((len(self.of), 3))
            told[last] = VIEWS[view](train, last, 100 * self.seed + 10 * left[0] + left[-1])
            return told

        how = f"{READING} {WIDTH} {AID}" if view == "reader" else ""
        return kept(f"athar {view} {self.kind} {self.seed} {self.share} {left} {how}", make)
