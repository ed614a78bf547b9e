"""Vectors of texts by the packaged encoder, kept by content hash outside the project."""

from collections.abc import Sequence
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray
from vector_cache import BATCH, VectorCache

from paperflow.encoder import load_encoder


def vectors(texts: Sequence[str]) -> NDArray[np.float32]:
    """Return the unit vectors [N, 384] of texts; each is encoded once on a machine."""
    cache = VectorCache("minilm-texts")
    hashes = [sha256(text.encode()).hexdigest() for text in texts]
    known = cache.known()
    missing = [name for name in dict.fromkeys(hashes) if name not in known]
    text_of = dict(zip(hashes, texts, strict=True))
    for start in range(0, len(missing), BATCH):
        part = missing[start : start + BATCH]
        cache.put(part, load_encoder().encode([text_of[name] for name in part]))
    found = cache.get(hashes)
    return np.stack([found[name] for name in hashes])
