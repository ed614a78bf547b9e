"""What a reviewer looks for in every paper, as patterns of sentences, each with two verdicts."""

import re
from typing import NamedTuple

CRITIC, REPRODUCIBILITY = "critic", "reproducibility"


class Check(NamedTuple):
    """A sentence to look for: what its presence says, and what its absence says or asks.

    `score` is the score on which it counts. What is absent is a weakness, with `asks` a question.
    """

    name: str
    role: str
    score: str
    pattern: re.Pattern[str]
    present: str
    absent: str
    asks: bool = False


def _check(
    name: str, role: str, score: str, pattern: str, present: str, absent: str, *, asks: bool = False
) -> Check:
    return Check(name, role, score, re.compile(pattern, re.IGNORECASE), present, absent, asks)


CHECKS = (
    _check(
        "comparison", CRITIC, "soundness",
        r"\bbaselines?\b|\b(?:compar(?:e|ed|es|ing|ison)\w*) (?:\w+ ){0,4}?(?:to|with|against)\b"
        r"|\boutperform\w*|\bprior (?:work|methods?)\b",
        "It compares itself with other work.",
        "No comparison with other methods was found.",
    ),
    _check(
        "ablation", CRITIC, "soundness",
        r"\bablat\w+|\bwithout (?:the|our|this) [\w-]+ (?:module|component|loss|term|layer|step)\b"
        r"|\bcontribution of each\b|\beffect of (?:each|the)\b",
        "It looks at what its parts contribute.",
        "Nothing was found on what each part contributes, such as an ablation.",
    ),
    _check(
        "uncertainty", CRITIC, "soundness",
        r"standard (?:deviation|error)s?|confidence intervals?|error bars?|±|\bp\s*[<=]\s*0?\.\d"
        r"|\b(?:random|different|\d+|three|five|ten|multiple) (?:random )?seeds\b"
        r"|\bstatistical(?:ly)? significan\w+|\baveraged? over (?:\w+ ){0,3}(?:runs|trials|seeds)",
        "It says how much its results vary.",
        "Nothing was found on how much the results vary: no deviations, intervals, or tests.",
    ),
    _check(
        "theory", CRITIC, "soundness",
        r"\b(?:theorem|lemma|proposition|corollary) \d|\bproof of\b|\bwe prove\b|\bprovabl[ey]\b"
        r"|\bconvergence (?:rate|guarantee|analysis)\b",
        "It backs its method by theory.",
        "",
    ),
    _check(
        "limitations", CRITIC, "soundness",
        r"\blimitations?\b(?! of (?:existing|previous|prior|current|these|those|other))"
        r"|\b(?:a|one) (?:drawback|shortcoming) of (?:our|this|the proposed)\b"
        r"|\bfailure (?:cases?|modes?)\b|\bdoes not (?:apply|hold|extend) (?:to|for|when)\b",
        "It speaks of its own limits.",
        "Limitations are not discussed, as far as was found.",
    ),
    _check(
        "motivation", CRITIC, "presentation",
        r"\b(?:motivat\w+ (?:by|from|us)|remains? (?:an )?(?:open|unclear|challeng\w+|difficult)"
        r"|key (?:challenge|question|insight|idea)s?|to (?:this|that) end"
        r"|to address (?:this|these)|however, (?:existing|these|most|such|current))\b",
        "It says which gap it wants to fill.",
        "No sentence was found that says which gap the paper wants to fill.",
    ),
    _check(
        "contributions", CRITIC, "contribution",
        r"\b(?:our|main|key|following) contributions?\b|\bwe (?:make|list) the following\b"
        r"|\bcontributions? (?:of this|are|is|can be)\b",
        "It names its contributions.",
        "The paper does not list its contributions.",
    ),
    _check(
        "wins", CRITIC, "contribution",
        r"\bstate[- ]of[- ]the[- ]art\b|\boutperform\w*|\bsignificant(?:ly)? (?:improv|better)"
        r"|\bimprov\w+ (?:\w+ ){0,6}by (?:up to )?\d|\b\d+(?:\.\d+)?\s?(?:%|x|×|times|points) "
        r"(?:faster|better|higher|lower|fewer|less|improvement)",
        "It reports gains.",
        "No gain over earlier work was found in its text.",
    ),
    _check(
        "code", REPRODUCIBILITY, "soundness",
        r"\b(?:our |the |source )?code (?:is|will be|are|has been|can be)\b"
        r"|\b(?:code|implementation)\b[^.]{0,80}(?:available|released|git(?:hub|lab)\.com|4open)"
        r"|\b(?:release|open[- ]source)d? (?:our|the|all)\b[^.]{0,40}\b(?:code|models?)\b",
        "It speaks of its code.",
        "Is the code available, and under which licence?",
        asks=True,
    ),
    _check(
        "data", REPRODUCIBILITY, "soundness",
        r"(?-i:\b[A-Z][\w-]*[A-Z\d][\w-]*) (?:data ?sets?|benchmarks?|corp(?:us|ora))\b"
        r"|\b(?:data ?sets?|benchmarks?|corp(?:us|ora)) (?:such as|including|like)\b"
        r"|\b(?:use|evaluate|train|test|experiment|compare)\w* (?:[\w-]+ ){0,6}"
        r"(?:data ?sets?|benchmarks?|corp(?:us|ora))\b",
        "It names the data that it uses.",
        "On which data do the results rest?",
        asks=True,
    ),
    _check(
        "settings", REPRODUCIBILITY, "soundness",
        r"\bhyper-?parameters?\b|\blearning rate\b|\bbatch size\b|\bweight decay\b"
        r"|\b(?:Adam|SGD|RMSProp) (?:optimi[sz]er|with)\b|\btrained? for \d+",
        "It states settings of its experiments.",
        "Which hyper-parameters were used, and how were they chosen?",
        asks=True,
    ),
    _check(
        "compute", REPRODUCIBILITY, "soundness",
        r"\bGPUs?\b|\bTPUs?\b|\bCPU (?:cores?|time|hours?)\b|\bwall[- ]clock\b"
        r"|(?<!at )(?<!during )\b(?:training|running) times?\b|\bFLOPs\b|\bhours? on\b",
        "It tells what the computation takes.",
        "What hardware and how much time do the experiments take?",
        asks=True,
    ),
    _check(
        "splits", REPRODUCIBILITY, "soundness",
        r"\b(?:validation|held-out|development) (?:set|data|split)s?\b|\bcross-validation\b"
        r"|\btrain(?:ing)?[/, -]+(?:validation|test|dev)\w*\b|\btest (?:set|split)s?\b",
        "It tells training from test data.",
        "How were training, validation, and test data kept apart?",
        asks=True,
    ),
)  # fmt: skip
