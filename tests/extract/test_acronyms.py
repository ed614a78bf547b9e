"""Acronyms are found with what they stand for (Schwartz and Hearst)."""

import pytest

from paperflow.extract.acronyms import definitions


def pairs(text):
    return [(found.short, found.long) for found in definitions(text)]


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("We use graph neural networks (GNNs) here.", "GNNs", "graph neural networks"),
        ("The vision transformer (ViT) wins.", "ViT", "vision transformer"),
        ("by self-supervised learning (SSL)", "SSL", "self-supervised learning"),
        (
            "It is multi-modal Large Language Models (MLLMs).",
            "MLLMs",
            "multi-modal Large Language Models",
        ),
        ("Its area under the curve (AUC) rises.", "AUC", "area under the curve"),
        ("with mean average precision (mAP).", "mAP", "mean average precision"),
        (
            "TEDDY (Trimming Edges with Degree-based Discrimination strategY) prunes.",
            "TEDDY",
            "Trimming Edges with Degree-based Discrimination strategY",
        ),
        ("low-rank adaptation (LoRA; Hu et al.) is used", "LoRA", "low-rank adaptation"),
    ],
)
def test_a_defined_acronym_is_found(text, short, long):
    assert pairs(text) == [(short, long)]


@pytest.mark.parametrize(
    "text",
    [
        "The method (Fig. 2) works on images (see above).",
        "It was published earlier (2019) by others (the authors).",
        "We gain 3.5 points (XYZ) over it.",
        "(GNN)",
        "An open bracket (GNN and no end",
    ],
)
def test_other_brackets_define_nothing(text):
    assert pairs(text) == []


def test_the_words_that_define_are_where_the_spans_say():
    text = "First. The graph transformer (GT) is new."
    (found,) = definitions(text)
    assert text[slice(*found.long_span)] == "graph transformer"
    assert text[slice(*found.short_span)] == "GT"


def test_the_first_definition_of_an_acronym_counts():
    assert pairs("graph transformer (GT) and ground truth (GT)") == [("GT", "graph transformer")]
