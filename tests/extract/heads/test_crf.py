"""The conditional random field against every sequence written out, and what BIO labels mean."""

from itertools import pairwise, product

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from paperflow.extract.heads.crf import ConditionalRandomField, may_follow, spans_of

LABELS = ("O", "B-x", "I-x", "B-y", "I-y")
seeds = st.integers(0, 1000)


def field(seed):
    torch.manual_seed(seed)
    crf = ConditionalRandomField(LABELS)
    torch.nn.init.normal_(crf.transitions)
    torch.nn.init.normal_(crf.starts)
    return crf


def valid(path):
    names = ["O", *(LABELS[label] for label in path)]
    return all(may_follow(after, before) for before, after in pairwise(names))


def worth(crf, scores, path):
    moves = sum(crf.transitions[a, b] for a, b in pairwise(path))
    own = sum(row[label] for row, label in zip(scores, path, strict=False))
    return (crf.starts[path[0]] + own + moves).detach()


@settings(deadline=None, max_examples=30)
@given(seeds, st.integers(1, 4))
def test_the_best_path_is_the_best_of_all_valid_ones(seed, length):
    crf, scores = field(seed), torch.randn(length, len(LABELS))
    paths = [path for path in product(range(len(LABELS)), repeat=length) if valid(path)]
    best = max(paths, key=lambda path: float(worth(crf, scores, path)))
    assert crf.decode(scores[None], torch.tensor([length])) == [list(best)]


@settings(deadline=None, max_examples=30)
@given(seeds, st.lists(st.integers(1, 6), min_size=1, max_size=4))
def test_rows_of_a_batch_are_decoded_as_if_alone(seed, lengths):
    crf = field(seed)
    scores = torch.randn(len(lengths), max(lengths), len(LABELS))
    alone = [
        crf.decode(row[None, :length], torch.tensor([length]))[0]
        for row, length in zip(scores, lengths, strict=True)
    ]
    assert crf.decode(scores, torch.tensor(lengths)) == alone


@settings(deadline=None, max_examples=30)
@given(seeds, st.integers(1, 4), st.integers(0, 3))
def test_the_loss_is_the_share_of_a_path_among_all_valid_ones(seed, length, padding):
    crf = field(seed)
    scores = torch.randn(1, length + padding, len(LABELS))
    paths = [path for path in product(range(len(LABELS)), repeat=length) if valid(path)]
    total = torch.logsumexp(torch.stack([worth(crf, scores[0], path) for path in paths]), 0)
    path = paths[seed % len(paths)]
    labels = torch.tensor([[*path, *[0] * padding]])
    mask = torch.arange(length + padding)[None] < length
    expected = total - worth(crf, scores[0], path)
    torch.testing.assert_close(crf.loss(scores, labels, mask), expected, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize(
    ("labels", "spans"),
    [
        ("O B-x I-x O", [(1, 3, "x")]),
        ("B-x B-x I-x", [(0, 1, "x"), (1, 3, "x")]),
        ("B-x B-y O", [(0, 1, "x"), (1, 2, "y")]),
        ("O O", []),
    ],
)
def test_labels_mark_spans(labels, spans):
    assert spans_of(labels.split()) == spans
