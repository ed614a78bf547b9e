"""Edges are told by the words around terms, and carry their sentence."""

import pytest

from tests.extract.reading import edges, read


@pytest.mark.parametrize(
    ("text", "edge"),
    [
        ("We propose a sparse graph encoder for maps.", ("proposes", "sparse graph encoder")),
        ("In this paper, we introduce FooBarXL, which is new.", ("proposes", "FooBarXL")),
        ("FooBarXL is a framework for maps.", ("proposes", "FooBarXL")),
        ("A mesh encoder is proposed.", ("proposes", "mesh encoder")),
        ("It uses a sparse autoencoder.", ("uses", "sparse autoencoder")),
        ("The maps are made by means of contrastive learning.", ("uses", "contrastive learning")),
        ("We evaluate it on ImageNet.", ("evaluates_on", "ImageNet")),
        ("Results on ImageNet, MNIST and CIFAR-10 improve.", ("evaluates_on", "CIFAR-10")),
        ("It is evaluated on link prediction.", ("evaluates_on", "link prediction")),
        ("It improves BLEU by 3%.", ("reports", "BLEU")),
        ("Graph neural networks are common.", ("related_to", "graph neural network")),
    ],
)
def test_the_paper_is_linked_to_its_terms(text, edge):
    type, target = edge
    assert ("A paper", type, target) in edges(read(text))


@pytest.mark.parametrize(
    ("text", "edge"),
    [
        ("KGAT outperforms LightGCN.", ("KGAT", "compares_to", "LightGCN")),
        ("KGAT is compared with LightGCN and BPR-MF.", ("KGAT", "compares_to", "BPR-MF")),
        ("Batch normalization replaces layer normalization.",
         ("batch normalization", "compares_to", "layer normalization")),
        ("Graphormer extends the transformer.", ("Graphormer", "extends", "transformer")),
        ("LightGCN, based on graph convolution, is simple.",
         ("LightGCN", "extends", "graph convolution")),
        ("LightGCN consists of a graph convolution and a decoder network.",
         ("graph convolution", "part_of", "LightGCN")),
        ("The attention heads of a vision transformer differ.",
         ("attention head", "part_of", "vision transformer")),
        ("Language models such as BERT and RoBERTa differ.",
         ("RoBERTa", "related_to", "language model")),
        ("BERT is a language model.", ("BERT", "related_to", "language model")),
        ("BERT, GPT-2 and other language models differ.",
         ("GPT-2", "related_to", "language model")),
    ],
)  # fmt: skip
def test_terms_are_linked_to_one_another(text, edge):
    assert edge in edges(read(text))


def test_the_subject_that_a_sentence_leaves_out_is_what_the_paper_proposes():
    facts = read("We propose FooBarXL. It outperforms LightGCN.")
    assert edges(facts, "compares_to") == [("FooBarXL", "compares_to", "LightGCN")]


def test_the_subject_is_the_paper_where_it_proposes_nothing():
    facts = read("On such graphs it outperforms LightGCN.")
    assert edges(facts, "compares_to") == [("A paper", "compares_to", "LightGCN")]


def test_better_and_worse_are_told_apart_from_mere_comparison():
    better = read("KGAT outperforms LightGCN.").relations
    compared = read("KGAT is compared with LightGCN.").relations
    outcome = [r.properties for r in better if r.type == "compares_to"]
    assert outcome == [{"outcome": "better"}]
    assert [dict(r.properties) for r in compared if r.type == "compares_to"] == [{}]


def test_what_others_do_is_not_what_the_paper_does():
    facts = read("Existing methods use graph convolution and cannot learn.")
    assert edges(facts, "uses") == []
    assert ("A paper", "related_to", "graph convolution") in edges(facts)


def test_a_known_term_that_only_describes_the_new_method_is_used():
    facts = read("We propose a machine learning toolbox for maps.")
    assert edges(facts, "proposes") == []
    assert ("A paper", "uses", "machine learning") in edges(facts)


def test_the_name_in_the_title_is_proposed():
    facts = read("Flowformer is fast.", title="Flowformer: Linear Transformers")
    assert ("Flowformer: Linear Transformers", "proposes", "Flowformer") in edges(facts)


def test_every_edge_to_a_term_has_a_sentence():
    facts = read("It is old. Graph neural networks use message passing. It is new.")
    quotes = {r.evidence[0].quote for r in facts.relations}
    assert quotes == {"Graph neural networks use message passing."}


def test_every_term_is_linked_to_the_paper():
    facts = read("KGAT outperforms LightGCN on Yelp and reports recall.")
    paper = next(e.id for e in facts.entities if e.type == "paper")
    linked = {r.target for r in facts.relations if r.source == paper}
    assert linked == {e.id for e in facts.entities} - {paper}
