"""A paper with the ratings that its reviewers gave."""

from dataclasses import dataclass
from statistics import fmean

from paperflow.records import Paper


@dataclass(frozen=True)
class Rated:
    """A paper, its mean rating and all ratings; `text` are the features of its full text."""

    paper: Paper
    year: int
    ratings: tuple[float, ...]
    accepted: bool
    text: dict[str, float] | None = None
    giveaways: tuple[float, ...] = ()  # what only the printed version of a paper has more of

    @property
    def mean(self) -> float:
        """Return the mean rating."""
        return fmean(self.ratings)
