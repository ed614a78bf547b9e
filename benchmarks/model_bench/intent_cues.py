"""What a sentence says of why it cites, by patterns written by hand.

The patterns were written with the training part in view, never the test.
"""

import re

import numpy as np
from numpy.typing import NDArray

from model_bench.cited import window

USES = (
    r"\b(we|i)\b( \w+){0,2} (use|used|employ\w*|adopt\w*|appl(y|ied)|utili[sz]\w*|train\w*|took|"
    r"take|ran|run|obtain\w*|chose|implement\w*|follow\w*|extract\w*|compute\w*|parse\w*|"
    r"evaluat\w+|calculat\w+|select\w*|measure\w*)\b",
    r"\b(using|used|uses|use)\b",
    r"\b(following|follow(s|ed)?|as in|according to|(as )?described (in|by)|based on)\b",
    r"\b(is|are|was|were)\b( \w+)? (used|trained|obtained|extracted|computed|measured|performed|"
    r"calculated|carried|parsed|tagged|taken|evaluated|estimated|implemented)\b",
    r"\b(toolkit|software|package|implementation|tagger|parser|corpus|corpora|treebank|data ?set|"
    r"wordnet|lexicon|tool|library|algorithm|test|assay|kit|protocol|scale|score|questionnaire|"
    r"criteria)\b",
    r"\w+ (parser|tagger|toolkit|corpus|treebank|algorithm|package|dataset|set|lexicon|database|"
    r"software|model|framework|metric|measure|test|system|method|technique|library|kit|program|"
    r"tool|procedure|index|classifier) (\w+ )?TARGETCIT",
    r"\b(using|with|via|by|from|on|in) (the |an? )?(\w+ ){0,4}TARGETCIT",
    r"\b(tun\w+|annotat\w+|pars\w+|tagg\w+|comput\w+|download\w*|availab\w+|default|provided)\b",
    r"\bto (compute|measure|evaluate|train|extract|obtain|estimate|assess|determine|identify|build|"
    r"parse|find|learn)\b",
)
EXTENDS = (
    r"\b(exten[ds]\w*|builds? (up)?on|modif\w+|adapt\w*|generali[sz]\w+|refin\w+|augment\w*|"
    r"variant|version of|improve\w* (up)?on)\b",
    r"\b(is|are|as|represents?) (an? )?(\w+ )?(extension|generali[sz]ation|modification|variant|"
    r"refinement|adaptation|version|improvement)s? (of|to|over|on)\b",
    r"\bour (own )?(previous|earlier|prior|recent|past|original|preliminary|initial) \w+|"
    r"\bwe (have )?(previously|earlier|recently|already)\b|"
    r"\bpreviously (reported|we|described|published)\b|\bi (have )?(present|show|propos|argu)\w+",
    r"\b(previously|earlier|elsewhere|previous (work|paper))\b",
    r"\b(we|which|that|work|paper|article|section|approach|system|method|model)\b( \w+)? (extends?|"
    r"builds?|modif(y|ies|ied)|adapt(s|ed)?|improves?|elaborates?|expands?|augments?|enhances?|"
    r"refines?)\b",
    r"\b(companion|(preliminary|brief|earlier|extended|early) version|model(l)?ed on|"
    r"(full|detailed) description|more detail\w*|further details?)\b",
)
COMPARES = (
    r"\b(similar\w*|analogous\w*|same as|akin|resembl\w+|comparable|equivalent|likewise|in the "
    r"spirit|parallel\w*|related to|close\w* to|reminiscent)\b",
    r"\b(similar|analogous|identical|comparable|equivalent|close|related|akin|corresponds?) (\w+ )?"
    r"(to|with|in)\b|\bsimilar\w* (approach|idea|method|technique|result|work|formulation)\w*",
    r"\b(contrast\w*|contrary|unlike|whereas|while|differ\w*|instead|rather than|as opposed|on the "
    r"other hand|conversely|alternative\w*|other than)\b",
    r"\b(compar\w+|outperform\w*|more \w+ than|state[- ]of[- ]the[- ]art|reported)\b",
    r"\b(better|worse|higher|lower|faster|slower|superior|inferior|improvement over|competitive|"
    r"favou?rabl\w+|best|error reduction|baselines?)\b",
    r"\b(consistent with|in (line|agreement|accordance|keeping|concordance|accord) with|agree\w*|"
    r"confirm\w*|support\w*|corroborat\w+|contradict\w*|previous (studies|reports|findings))\b",
    r"\b(our|this|these|the (present|current|proposed)) (\w+ )?(results?|findings?|data|study|"
    r"studies|observations?|approach|method|model|system|algorithm|work|experiments?)\b",
    r"\b(our|this|these|their|his) (\w+ )?(approach|method|model|system|algorithm|work|results?|"
    r"findings?|analysis|theory|view|definition)\b( \w+){0,3} (is|are|differ\w*|outperform\w*|"
    r"resemble\w*|share\w*|achiev\w*|confirm\w*|agree\w*|contrast\w*)\b",
    r"\bthe same (\w+ ){0,3}(as|that)\b|\bas (with|did|do|does|done|opposed)\b|"
    r"\blike (the|that|those|TARGETCIT)\b|\bwe (also )?compare\b|\balso\b|\btoo\b",
)
FUTURE = (
    r"\bfuture\b|\bnext steps?\b|\bfurther (work|research|stud\w+|improv\w+|explor\w+)",
    r"\b(we|i)\b( \w+)? (will|plan|intend|hope|aim|could|may|might|would)\b|"
    r"\b(our|the) (plan|aim|goal|hope) is\b|\byet to\b|\bgoing to\b|"
    r"\bcurrently (working|investigating|exploring|developing)\b",
    r"\b(would|could|might|may|can|will|should) (also )?(be|serve|offer|provide|help|extend|"
    r"improve|incorporate|allow)\b",
    r"\b(interesting|possible|promising|natural|obvious|another) (\w+ )?(extension|direction|"
    r"avenue|step|improvement|alternative|question|line|idea|approach)(es|s)?\b|\bperhaps\b|"
    r"\balternatively\b|\bit would\b|\bremains?\b",
    r"\bto be (easily |further )?(extended|integrated|incorporated|combined|improved|applied|"
    r"adapted|added)\b|\b(plan to|planned|intend\w*|leave|hope to|ongoing)\b",
    r"\b(could|might|may|can|would|should)\b",
    r"\b(will|explor\w+|investigat\w+|incorporat\w+|integrat\w+|consider\w*)\b",
)
MOTIVATES = (
    r"\b(inspired|motivated|encouraged|influenced|prompted|informed) (by|from)\b|\bmotivat\w+|"
    r"\binspir\w+|\b(idea of|insight|intuition)\b",
    r"\bit (is|has been) (well )?(known|shown|observed|argued|suggested|claimed|found|noted)\b|"
    r"\bas (\w+ )?(shown|noted|observed|argued|pointed|suggested|demonstrated)\b",
    r"\bshown to\b|\b(proved?|proven|found) (to be )?(useful|effective|helpful|important)"
    r"|\bimprov\w+ (the )?(performance|accuracy|results?|quality)\b|\bcorrelat\w+",
    r"\b(important|crucial|necessary|essential|critical|vital|key|central|useful) (for|to|in|role|"
    r"part|task|step)\b|\bsuccess\w*\b|\badvantage\w*\b|\beffective\w*\b",
    r"\bbased on (this|these|the) (observation|idea|assumption|intuition|insight|finding|result)s?|"
    r"\b(choose|chose|choice|decided?)\b",
    r"\b(because|since|due to|therefore|thus|hence|so that|in order to|reason)\b",
    r"\b(need\w*|importan\w+|crucial|essential|necessary|helpful|interest\w*|promising)\b",
    r"\b(problem\w*|difficult\w*|lack\w*|challeng\w+|expensive|limit\w+|ambigu\w+|error\w*|"
    r"sparse\w*|suffer\w*|bottleneck)\b",
    r"\bha(s|ve) been (shown|demonstrated|proven|found|argued|suggested)\b|\bshow(s|n|ed)? that\b|"
    r"\b(demonstrated?|proven?|evidence|suggest\w*|found (that|to)|argu\w+)\b",
)
TELLS = (
    r"\bha(s|ve) (been|\w+ed)\b",
    r"\b(propos\w+|introduc\w+|develop\w+|present\w*|describ\w+|defin\w+)\b",
    r"\b(was|were|been|is|are) (first |originally |recently |also )?(proposed|introduced|developed|"
    r"described|presented|studied|discussed|investigated|addressed|explored|suggested|defined|"
    r"called|known|referred|applied|considered)\b",
    r"e\.\s?g\.|\b(for example|for instance|such as|including|among others|inter alia|see|cf)\b",
    r"\b(several|many|most|various|recent\w*|numerous|widely|commonly|often|typical\w*|usually|"
    r"popular|extensive\w*|a number of|some)\b",
    r"\bthere (are|is|have|has)\b|\b(one of the|a (variety|range|number|wide)|much) \w+",
    r"\b(researchers?|authors?|linguists?|studies|literature|works?|approaches|methods|systems|"
    r"tradition\w*|theor(y|ies)|field|area|past|years|decades?|history)\b",
    r"\b(however|although|but|though|despite|nevertheless|unfortunately|yet)\b",
    r"\b(not|no|nor|never|cannot|fail\w*|without|only|n't)\b",
    r"\b(we|our|us|i|my|ours)\b",
    r"\b(they|their|he|she|his|her|the authors?|who)\b",
    r"\b(section|table|figure|fig|equation|appendix|chapter|footnote)\b",
    r"\b(in this (paper|work|article|study|section)|here|in our (experiments?|work|case|study))\b",
    r"\b(was|were|did|had)\b",
    r"\b(is|are|does|do|has|have)\b",
)
PLACES = (
    r"\b(by|of|from) TARGETCIT",
    r"\b(in|see|cf\.?|at) \(? ?TARGETCIT",
    r"\b(to|with|than|as|on|like) TARGETCIT",
    r"TARGETCIT (\w+ ?){0,2}\b(show|propos|present|describ|us|report|found|find|introduc|develop|"
    r"suggest|argu|demonstrat|define|appl|note|observ|conclud)\w*",
    r"^\W*TARGETCIT",
    r"TARGETCIT\W*$",
    r"TARGETCIT ?[,;]",
    r"TARGETCIT ?(,|and|;) ?TARGETCIT",
)
AS_WRITTEN = (
    r";",
    r"\( ?(e\. ?g|see|cf)",
    r"\w \( ?(19|20)\d\d\w? ?\)",
    r"\( ?[A-Z][^()]*(19|20)\d\d",
    r"\[[\d ,;–-]+\]",
    r"\d+\.\d+|\d+ ?%",
    r"\bp ?[<=]",
    r"``|''|“|\"",
    r":",
    r"\b[A-Z]{2,}\b",
)
_WORDS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (*USES, *EXTENDS, *COMPARES, *FUTURE, *MOTIVATES, *TELLS)
]
_PLACES = [re.compile(pattern) for pattern in PLACES]
_AS_WRITTEN = [re.compile(pattern) for pattern in AS_WRITTEN]


def cues(text: str, marked: str) -> NDArray[np.float32]:
    """Return what a sentence shows [F], as it is written and with its citations marked."""
    near = window(marked)
    shown = [bool(cue.search(part)) for part in (marked, near) for cue in _WORDS]
    places = [bool(cue.search(marked)) for cue in _PLACES]
    counts = [min(3, len(cue.findall(text))) for cue in _AS_WRITTEN]
    return np.array([*shown, *places, *counts, *_shape(marked.split())], dtype=np.float32)


def _shape(words: list[str]) -> list[float]:
    """Return the length, how many citations there are, and where the first and last stand."""
    at = [n / max(1, len(words) - 1) for n, word in enumerate(words) if "TARGETCIT" in word]
    first, last = (at[0], at[-1]) if at else (0.5, 0.5)
    return [len(at), first, last, np.log1p(len(words)), len(words) < 15, len(words) > 45]
