"""The type of a term is told by lists, its last word, or the words around it."""

import pytest

from paperflow.extract.types import is_name, type_of


@pytest.mark.parametrize(
    ("key", "type"),
    [
        ("imagenet", "dataset"),
        ("link prediction", "task"),
        ("mean reciprocal rank", "metric"),
        ("graph transformer", "method"),
        ("knowledge graph", "concept"),
        ("quadratic sparse attention", "method"),
        ("gender translation", "task"),
        ("click accuracy", "metric"),
        ("legal corpus", "dataset"),
        ("residual manifold", "concept"),
        ("enumerative geometry", "concept"),
    ],
)
def test_lists_and_last_words_tell_the_type(key, type):
    assert type_of(key, key) == type


@pytest.mark.parametrize(
    ("before", "after", "type"),
    [
        ("We evaluate on ", ".", "dataset"),
        ("On CIFAR-10, it wins on MNIST, SVHN and ", " by far", "dataset"),
        ("", " is a new benchmark of problems", "dataset"),
        ("on the ", " dataset", "dataset"),
        ("benchmarks such as ", ".", "dataset"),
        ("It is based on ", " and fast.", "method"),
        ("", " outperforms all.", "method"),
    ],
)
def test_the_words_around_a_name_tell_its_type(before, after, type):
    assert type_of("foobarxl", "FooBarXL", [(before, after)]) == type


def test_bare_capitals_are_concepts_until_called_a_method():
    assert type_of("qzx", "QZX", [("the ", " of the")]) == "concept"
    assert type_of("qzx", "QZX", [("We propose ", ", fast")]) == "method"


def test_models_of_known_families_are_methods_even_where_evaluated_on():
    assert type_of("gpt2 xl", "GPT2-xl", [("evaluated on ", "")]) == "method"


@pytest.mark.parametrize("word", ["GraphGPS", "BERT", "Llama3", "ogbn-arxiv2", "V2P"])
def test_names_are_told_by_capitals_and_digits(word):
    assert is_name(word)


@pytest.mark.parametrize("word", ["graph", "Graph", "2-hop", "30x", "100M", "two words", "10ms"])
def test_words_and_quantities_are_no_names(word):
    assert not is_name(word)
