"""Hypergraphs built from labels, whatever these are and however they are held."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperflow.graphs.hypergraph import Hypergraph
from tests.graphs.hypergraph.strategies import MANY

pytestmark = pytest.mark.usefixtures("both")
label = st.one_of(st.text(max_size=2), st.integers(-2, 300), st.tuples(st.booleans()))


def copied(label):
    """Return an equal label that is another object."""
    return "".join([*label, ""]) if isinstance(label, str) else label


@MANY
@given(st.lists(st.lists(label, max_size=5), max_size=30), st.booleans())
def test_labels_are_numbered_as_first_met(rows, again):
    rows = [[copied(x) for x in row] for row in rows] if again else rows
    h, labels = Hypergraph.from_labels(rows)
    wanted = list(dict.fromkeys(x for row in rows for x in row))
    assert labels == wanted
    for edge, row in enumerate(rows):
        assert h.members(edge).tolist() == sorted({wanted.index(x) for x in row})


def test_many_labels_are_told_apart_by_their_value():
    names = [f"concept {number}" for number in range(5_000)]
    rows = [[names[i], names[i * 7 % 5_000], "concept " + str(i % 10)] for i in range(5_000)]
    h, labels = Hypergraph.from_labels(rows)
    assert sorted(labels) == sorted(names)
    assert [labels[node] for node in h.members(4_999)] == sorted(
        {names[4_999], names[4_999 * 7 % 5_000], "concept 9"}, key=labels.index
    )


def test_equal_labels_of_different_types_are_one_node():
    h, labels = Hypergraph.from_labels([[1, 2.0], [True, 2]])
    assert (h.num_nodes, labels) == (2, [1, 2.0])
