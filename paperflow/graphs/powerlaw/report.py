"""All that is to be said about one set of numbers, as values for JSON and as text."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from numpy.typing import ArrayLike

from paperflow.errors import BadInput
from paperflow.graphs.powerlaw.bootstrap import Interval, exponent_interval, goodness_of_fit
from paperflow.graphs.powerlaw.compare import Comparison, compare
from paperflow.graphs.powerlaw.fit import PowerLawFit, fit_power_law
from paperflow.graphs.powerlaw.line import METHOD as LINE_METHOD
from paperflow.graphs.powerlaw.line import Line, least_squares_line
from paperflow.graphs.powerlaw.sample import Sample, sample_of

METHOD = "maximum likelihood, cut-off by the KS distance (Clauset, Shalizi, Newman 2009)"
PLAUSIBLE = 0.1  # a p value below this rules the power law out (section 4.1)
FEW = 50  # numbers in a tail below which little can be said


@dataclass(frozen=True, slots=True)
class PowerLawReport:
    """A fit with its tests; `p` and `interval` are None where nothing was drawn."""

    fit: PowerLawFit
    line: Line | None
    comparisons: Mapping[str, Comparison]
    p: float | None
    interval: Interval | None
    repeats: int

    @property
    def verdict(self) -> str:
        """Return what the tests say, in words."""
        if self.p is not None and self.p < PLAUSIBLE:
            return f"not a power law: p is below {PLAUSIBLE}"
        better = [name for name, item in self.comparisons.items() if item.ratio < 0 and _sure(item)]
        if better:
            return f"{' and '.join(better)} fits better than a power law"
        rivals = [name for name, item in self.comparisons.items() if not _sure(item)]
        found = "not tested" if self.p is None else "a power law is plausible"
        found += f"; {' and '.join(rivals)} can't be told from it" if rivals else ""
        return found + (f"; only {self.fit.tail} numbers speak" if self.fit.tail < FEW else "")

    def as_dict(self) -> dict[str, Any]:
        """Return plain values, each exponent with the method that it comes from."""
        line = asdict(self.line) if self.line else None
        return {
            "maximum_likelihood": {
                "method": METHOD,
                **asdict(self.fit),
                "standard_error": self.fit.standard_error,
                "interval": asdict(self.interval) if self.interval else None,
                "p": self.p,
                "repeats": self.repeats,
            },
            "least_squares": {"method": LINE_METHOD, **line} if line else None,
            "against": {
                name: {"ratio": item.ratio, "p": item.p, "parameters": dict(item.parameters)}
                for name, item in self.comparisons.items()
            },
            "verdict": self.verdict,
        }

    def as_text(self) -> str:
        """Return the same in a few lines."""
        fit, line, within = self.fit, self.line, self.interval
        shown = f"exponent {fit.exponent:.3f} ± {fit.standard_error:.3f} from {fit.xmin:g} on"
        shown += f" ({fit.tail:,} of {fit.size:,} numbers): {METHOD}"
        lines = [shown]
        if within:
            lines.append(f"  {within.level:.0%} bootstrap: {within.low:.3f} to {within.high:.3f}")
        tested = "" if self.p is None else f", p = {self.p:.3g} ({self.repeats} draws)"
        lines.append(f"  KS distance {fit.ks:.4f}{tested}")
        lines += [
            f"  against {name}: ratio {item.ratio:+.2f}, p = {item.p:.3g}"
            for name, item in self.comparisons.items()
        ]
        lines.append(f"  {self.verdict}")
        if line:
            lines.append(
                f"exponent {line.exponent:.3f} from {line.smallest:g} on,"
                f" R² {line.r_squared:.3f}: {LINE_METHOD}"
            )
        return "\n".join(lines)


def analyse(
    numbers: ArrayLike, *, repeats: int = 200, seed: int = 0, discrete: bool | None = None
) -> PowerLawReport:
    """Fit, test by `repeats` draws (0: no test), and compare; the line stands beside.

    Raise BadInput where fewer than two different positive numbers are given.
    """
    sample = sample_of(numbers, discrete=discrete)
    fit = fit_power_law(sample)
    return PowerLawReport(
        fit=fit,
        line=_line(sample),
        comparisons=compare(sample, fit),
        p=goodness_of_fit(sample, fit, repeats=repeats, seed=seed) if repeats else None,
        interval=exponent_interval(sample, repeats=repeats, seed=seed) if repeats else None,
        repeats=repeats,
    )


def _line(sample: Sample) -> Line | None:
    try:
        return least_squares_line(sample)
    except BadInput:
        return None


def _sure(item: Comparison) -> bool:
    return item.p < PLAUSIBLE
