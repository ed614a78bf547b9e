"""The terms of a paper are those that a reader would put on its map."""

import pytest

from tests.extract.reading import labels, read, types

GT = (
    "This paper proposes a graph transformer (GT) with Laplacian positional encodings. "
    "Extensive experiments show that the GT outperforms message-passing baselines on ZINC. "
    "The proposed method achieves state-of-the-art results on real-world datasets, showcasing its "
    "strength. Graph neural networks (GNNs) use message passing; our GNN code is at https://x.org/gt."
)
JUNK = {
    "extensive experiment", "proposed method", "state-of-the-art result", "state-of-the-art",
    "real-world dataset", "showcasing", "strength", "paper", "code", "baseline",
}  # fmt: skip


def test_good_terms_are_found_and_junk_is_not():
    found = types(read(GT))
    assert found["graph transformer"] == "method"
    assert found["message passing"] == "method"
    assert found["Laplacian positional encoding"] == "concept"
    assert found["ZINC"] == "dataset"
    assert not JUNK & set(found)


def test_an_acronym_and_its_long_form_are_one_node():
    (node,) = [e for e in read(GT).entities if e.key == "graph transformer"]
    assert [item.quote for item in node.evidence] == ["graph transformer", "GT", "GT"]
    assert node.properties == {"acronym": "GT"}


def test_a_common_acronym_needs_no_definition():
    facts = read("We train a GNN and several LLMs with RL.")
    assert {"graph neural network", "large language model", "reinforcement learning"} <= set(
        labels(facts, "method")
    )


def test_a_paper_may_define_a_common_acronym_otherwise():
    facts = read("Grounded natural narration (GNN) is a story task. GNN is hard.")
    assert "graph neural network" not in labels(facts)
    assert "grounded natural narration" in labels(facts)


def test_names_need_their_capitals():
    assert "COCO" in labels(read("We evaluate on COCO."), "dataset")
    assert "dataset" not in types(read("A gin and a coco nut race in the nations.")).values()
    assert "ComplEx" not in labels(read("Complex systems are complex."))


def test_inflection_and_hyphens_make_one_node():
    facts = read("Message-passing networks pass messages. Message passing is local.")
    assert [e.label for e in facts.entities if e.type == "method"].count("message passing") == 1


def test_the_name_before_the_colon_of_the_title_is_a_method_or_dataset():
    named = read(
        "Flowformer is a transformer with linear cost.", title="Flowformer: Linear Attention"
    )
    assert types(named)["Flowformer"] == "method"
    measured = read("GeoBench is a benchmark of maps.", title="GeoBench: A Benchmark of Maps")
    assert types(measured)["GeoBench"] == "dataset"


def test_an_acronym_in_the_title_is_the_name_of_the_method():
    facts = read(
        "Knowledge Graph Spectral Network (KGSN) is fast. KGSN wins.",
        title="KGSN: Spectral Networks for Recommendation",
    )
    assert types(facts)["KGSN"] == "method"
    assert "knowledge graph spectral network" not in labels(facts)


def test_keywords_that_occur_in_the_text_are_terms():
    abstract = "The scaffold is made of chitosan and holds cells."
    assert "chitosan" not in labels(read(abstract))
    assert "chitosan" in labels(read(abstract, keywords=("Chitosan", "Cerium oxide")))
    assert "cerium oxide" not in labels(read(abstract, keywords=("Cerium oxide",)))


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("The node classification task is old.", "node classification"),
        ("The local attention mechanism is new.", "local attention"),
        ("We use the FooBarXL dataset here.", "FooBarXL"),
        ("A graph transformer architecture is used.", "graph transformer"),
    ],
)
def test_last_words_that_add_nothing_are_left_out(text, label):
    assert label in labels(read(text))


def test_labels_are_singular_and_lower_case_unless_proper():
    found = labels(read("Gaussian Heatmaps help. We compare Sliding Window Kernels and ViTs."))
    assert "Gaussian heatmap" in found
    assert "sliding window kernel" in found
    assert "vision transformer" in found


def test_no_paper_has_more_than_fifteen_terms():
    names = [f"Foo{chr(65 + i)}Net{i}" for i in range(26)]
    facts = read(" ".join(f"We compare {name} with it." for name in names) + " It is good." * 60)
    terms = [e for e in facts.entities if e.type not in ("paper", "result", "claim", "limitation")]
    assert len(terms) == 15


def test_link_text_and_formulas_are_no_terms():
    facts = read("Code: https://github.com/ab/GraphFooNet and $GraphBarNet$ are there.")
    assert labels(facts) == ["A paper"]


def test_marked_up_terms_are_found_with_their_mark_up():
    (node,) = [e for e in read("A \\emph{graph} transformer.").entities if e.type == "method"]
    assert node.key == "graph transformer"
    assert node.evidence[0].quote == "graph} transformer"
