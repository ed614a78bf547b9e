"""Shared sums against the relation head run on each pair."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from paperflow.extract.heads.batches import pair_batch
from paperflow.extract.heads.layers import LayerMix, Mixed
from paperflow.extract.heads.pairs import RelationClassifier
from paperflow.extract.heads.scorer import PairScorer, Placed


@st.composite
def sentences_with_pairs(draw):
    lengths = draw(st.lists(st.integers(4, 40), min_size=1, max_size=3))
    pairs = []
    for _ in range(draw(st.integers(1, 6))):
        number = draw(st.integers(0, len(lengths) - 1))
        places = st.integers(0, lengths[number])
        a, b, c, d = sorted(draw(st.lists(places, min_size=4, max_size=4, unique=True)))
        spans = ((a, b), (c, d)) if draw(st.booleans()) else ((c, d), (a, b))
        pairs.append(Placed(number, *spans))
    return lengths, pairs


@settings(deadline=None, max_examples=25)
@given(sentences_with_pairs(), st.integers(0, 100))
def test_shared_sums_score_pairs_as_the_head_does(drawn, seed):
    lengths, pairs = drawn
    torch.manual_seed(seed)
    head = RelationClassifier(layers=2, dimension=6, hidden=5, marker=3).eval()
    states = [torch.randn(length, 2, 6) for length in lengths]
    scores = PairScorer(head).scores([head.mix(state).detach() for state in states], pairs)
    each = pair_batch([(states[pair.sentence], pair.first, pair.second) for pair in pairs])
    torch.testing.assert_close(scores, head(*each).detach(), rtol=1e-4, atol=1e-5)


def test_a_mix_may_be_made_before():
    torch.manual_seed(0)
    mix, states = LayerMix(3), torch.randn(4, 3, 5)
    torch.nn.init.normal_(mix.weights)
    made = torch.einsum("wld,l->wd", states, mix.shares())
    torch.testing.assert_close(Mixed(1)(torch.stack([states[:, 0], made], 1)), mix(states))
