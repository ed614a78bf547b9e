"""How one host is treated, and what its answers mean for the next request."""

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from random import Random

ATTEMPTS = 4  # requests for one answer, at most
PATIENCE = 5  # failures in a row after which a host is left alone
COOL_DOWN = 60.0  # seconds that it is then left alone
_LONGEST_WAIT = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The manners of one host: one request at a time, `interval` seconds after the last.

    `busy` are the statuses that mean "slow down"; `wait` is the first back-off in seconds,
    doubled each time. An answer is used again for `fresh` seconds without asking, and may
    have at most `most` bytes once unpacked.
    """

    interval: float = 1.0
    wait: float = 1.0
    busy: frozenset[int] = frozenset({429})
    fresh: float = 86_400.0
    most: int = 32 << 20


def slows_down(policy: Policy, status: int, headers: Mapping[str, str]) -> bool:
    """Tell whether a host asks to come back later; 503 with `Retry-After` does too."""
    return status in policy.busy or (status == 503 and "retry-after" in headers)


def back_off(policy: Policy, attempt: int, random: Random) -> float:
    """Return how long to wait after the failed `attempt`, from 0: doubling, with jitter."""
    longest = min(_LONGEST_WAIT, policy.wait * 2.0**attempt)
    return longest * (0.5 + random.random() / 2)


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Return the seconds that `Retry-After` states, as a number or as a date; else None."""
    stated = headers.get("retry-after", "").strip()
    if stated.isascii() and stated.isdigit():
        return float(stated[:9])
    try:
        return max(0.0, parsedate_to_datetime(stated).timestamp() - now)
    except (ValueError, TypeError, OverflowError):
        return None


def fresh_for(policy: Policy, headers: Mapping[str, str]) -> float:
    """Return how long an answer stays fresh: what the host says, a day at most, else the policy."""
    for word in headers.get("cache-control", "").lower().split(","):
        name, _, value = word.strip().partition("=")
        if name == "max-age" and value.isascii() and value.isdigit() and int(value[:9]):
            return min(float(value[:9]), 86_400.0)
    return policy.fresh
