"""What a section is for, told by its headings; rules read sentences in its light."""

import re
from functools import lru_cache

_KINDS = {
    "abstract": re.compile(r"^abstract$"),
    "future_work": re.compile(r"\bfuture\b|\boutlook\b|\bopen (?:problems|questions)\b", re.I),
    "limitation": re.compile(r"\blimitations?\b|\bthreats to validity\b|\bcaveats?\b", re.I),
    "contribution": re.compile(r"\bcontributions?\b", re.I),
    "related": re.compile(
        r"\brelated (?:work|literature)\b|\bbackground\b|\bprevious work\b|\bliterature review\b",
        re.I,
    ),
    "result": re.compile(r"\bresults?\b|\bexperiment|\bevaluation\b|\bfindings\b|\bablation", re.I),
    "conclusion": re.compile(r"\bconclu(?:sions?|ding)\b|\bsummary\b|\bdiscussion\b", re.I),
    "introduction": re.compile(r"\bintroduction\b|\boverview\b|\bmotivation\b", re.I),
}


@lru_cache(maxsize=4096)
def section_kind(path: str) -> str:
    """Return what the innermost heading that tells anything tells, or ""."""
    for heading in reversed(path.split(" / ")):
        for kind, pattern in _KINDS.items():
            if pattern.search(heading):
                return kind
    return ""
