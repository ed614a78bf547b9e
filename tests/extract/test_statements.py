"""A sentence with several terms is one statement, whose verb tells the roles."""

import pytest

from tests.extract.reading import read, statements


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("KGAT outperforms LightGCN and BPR-MF on Yelp.",
         ("outperform", ["KGAT"], ["LightGCN", "BPR-MF"], ["Yelp"])),
        ("On Yelp, KGAT outperforms LightGCN.", ("outperform", ["KGAT"], ["LightGCN"], ["Yelp"])),
        ("In a vision transformer it reduces overfitting.",
         ("reduce", [], ["overfitting"], ["vision transformer"])),
        ("Layer normalization is replaced by batch normalization.",
         ("replace", ["batch normalization"], ["layer normalization"], [])),
        ("We show that dropout reduces overfitting.", ("reduce", ["dropout"], ["overfitting"], [])),
        ("BERT is a language model.", ("be", ["BERT"], ["language model"], [])),
        ("Graph attention and graph convolution", (
            "mention_together", [], [], ["graph attention", "graph convolution"])),
    ],
)  # fmt: skip
def test_a_statement_has_a_verb_and_roles(text, expected):
    assert expected in statements(read(text))


def test_one_term_makes_no_statement():
    assert statements(read("BERT is old. BERT and BERT are BERT.")) == []


def test_a_statement_is_never_split_into_pairs():
    facts = read("We combine BERT, GPT-2, RoBERTa and ELMo.")
    (edge,) = facts.hyperedges
    assert len(edge.participants) == 4
    assert edge.evidence.quote == "We combine BERT, GPT-2, RoBERTa and ELMo."


def test_an_acronym_after_its_long_form_takes_part_once():
    facts = read("The quadratic graph encoder (QGE) extends BERT.")
    assert statements(facts) == [("extend", ["quadratic graph encoder"], ["BERT"], [])]


def test_titles_are_statements_too():
    facts = read("", title="Graph Attention with Batch Normalization")
    assert statements(facts) == [
        ("mention_together", [], [], ["graph attention", "batch normalization"])
    ]
