"""The type of a term, by lists, by its last word, and by the words around it."""

import re
from collections.abc import Iterable

from paperflow.extract.lexicon import heads, types_by_key

CONCEPT_TYPES = ("method", "task", "dataset", "metric", "concept")

_CAPITALS = re.compile(
    r"[a-z0-9][A-Z]|[A-Z]{2}|[A-Za-z]\d|\d[A-Za-z]|[A-Z]-[A-Z]|[A-Z][a-z]+-[A-Z]{2}"
)
_MODEL_NAME = re.compile(
    r"(?:former|net|nn|gan|vae|bert|gpt|gcn|gnn|lstm|llm|mamba|diff|clip)s?$", re.I
)
_NAMED_AFTER = re.compile(r"[a-z]{2}(?:former|bert|lstm|gcn|gnn)$")
_MODEL_FAMILY = re.compile(
    r"(?:GPT|BERT|LLaMA|Llama|Qwen|Gemini|Gemma|Mistral|Mixtral|DeepSeek|ResNet|ViT|T5|Claude|CLIP"
    r"|Phi|OPT|BLOOM|Falcon|Pythia|PaLM|Swin|VGG|YOLO|o[134])(?![a-z])"
)
_UNIT = re.compile(
    r"\d+(?:\.\d+)?-?(?:[xX×%KMBkD]|[a-z]+|[MGTKmk]?Hz|[KMGT]B|[mk]?ms?|fps|DoF|DOF)"
)
_DATA = r"(?:data\s?sets?|benchmarks?|corpus|corpora|test\s?beds?|test sets?)\b"
_DATASET_AFTER = re.compile(rf"\s*(?:\([^)]{{0,30}}\)\s*)?(?:[a-z-]+\s+){{0,2}}{_DATA}")
_LIST = r"(?:the\s+)?(?:[\w.+@-]+(?:\s+\([^)]*\))?(?:,\s+(?:and\s+)?|\s+and\s+|/)){0,6}(?:the\s+)?$"
_NOT_ON = "".join(
    rf"(?<!{word} )" for word in "based built build builds relies rely run focus focuses".split()
)
_DATASET_BEFORE = re.compile(
    rf"{_NOT_ON}\bon\s+{_LIST}"
    rf"|{_DATA},?\s+(?:such as|including|like|namely|of|[:(])\s*{_LIST}"
)
_IS_DATASET = re.compile(
    rf"[^.]{{0,30}}?(?:\b(?:is|are|as)|,)\s+(?:an?|the)\s+(?:[\w,-]+\s+){{0,5}}?{_DATA}"
)
_METHOD_BEFORE = re.compile(
    r"\b(?:propos\w+|introduc\w+|present\w*|develop\w*|design\w*|call(?:ed)?|nam(?:e|ed|ely)"
    r"|dubbed|termed|via|using|uses?)\s+(?:an?\s+|the\s+|it\s+|this\s+)?(?:[\w-]+\s+){0,2}$"
)
_IS_METHOD = re.compile(
    r"[^.]{0,30}?(?:\b(?:is|are|as)|,)\s+(?:an?|the)\s+(?:[\w,-]+\s+){0,5}?(?:methods?|models?|frameworks?"
    r"|networks?|layers?|architectures?|transformers?|algorithms?|approach|mechanisms?|modules?)\b"
    r"|\s+(?:outperform|achiev|surpass)"
)


def is_name(surface: str) -> bool:
    """Tell whether one word is spelled as a name is: "GraphGPS", "ogbn-arxiv2", not "2-hop"."""
    return " " not in surface and bool(_CAPITALS.search(surface)) and not _UNIT.fullmatch(surface)


def type_of(key: str, surface: str, around: Iterable[tuple[str, str]] = ()) -> str:
    """Return the type of a term.

    `surface` is how the text spells it, `around` the text before and after each mention.
    What depends on the key alone comes first, so that papers agree.
    """
    if listed := types_by_key().get(key):
        return listed[0]
    last = key.split()[-1] if key else ""
    if last in heads():
        return heads()[last]
    if _NAMED_AFTER.search(last):
        return "method"
    if is_name(surface):
        return _type_of_name(surface, around)
    return "concept"


def _type_of_name(surface: str, around: Iterable[tuple[str, str]]) -> str:
    """Names are data sets where they are called so, else methods; bare capitals are open."""
    if _MODEL_FAMILY.match(surface):
        return "method"
    if any(_names_dataset(before, after) for before, after in around):
        return "dataset"
    open_question = surface.rstrip("s").isupper() and not _MODEL_NAME.search(surface)
    if open_question and not any(_names_method(before, after) for before, after in around):
        return "concept"
    return "method"


def _names_dataset(before: str, after: str) -> bool:
    told = _DATASET_AFTER.match(after) or _IS_DATASET.match(after)
    return bool(told or _DATASET_BEFORE.search(before))


def _names_method(before: str, after: str) -> bool:
    return bool(_IS_METHOD.match(after) or _METHOD_BEFORE.search(before))
