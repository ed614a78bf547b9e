"""What is found in a full text: its parts, its citations, its experiments."""

import dataclasses

import pytest

from paperflow.documents import Link, Table, problems_of
from paperflow.extract import analyse
from paperflow.extract.measured import value_in
from paperflow.extract.tables import measurements
from paperflow.records import Paper
from tests.extract.full_text import DOCUMENT, PAPER, ROWS
from tests.extract.reading import edges, labels


@pytest.fixture(scope="module")
def facts():
    assert problems_of(DOCUMENT) == []
    return analyse(PAPER, DOCUMENT)[1]


def of_type(facts, type):
    return [entity for entity in facts.entities if entity.type == type]


def one(facts, relation):
    (edge,) = [edge for edge in facts.relations if edge.type == relation]
    return edge


def test_each_part_is_a_node_that_quotes_it(facts):
    assert labels(facts, "section")[:2] == ["1 Introduction", "2 Method"]
    assert labels(facts, "figure") == ["Figure 1: The attention mechanism of FooFormer."]
    assert labels(facts, "table") == ["Table 1: Results on the test set."]
    assert labels(facts, "equation") == ["a = softmax(QK)"]
    assert len(labels(facts, "reference")) == 2


def test_parts_are_part_of_their_section(facts):
    inside = edges(facts, "part_of")
    assert ("2.1 Attention", "part_of", "2 Method") in inside
    assert ("a = softmax(QK)", "part_of", "2.1 Attention") in inside


def test_a_concept_is_related_to_the_figure_that_its_sentence_points_at(facts):
    related = edges(facts, "related_to")
    figure = "Figure 1: The attention mechanism of FooFormer."
    assert ("graph convolutional network", "related_to", figure) in related


def test_a_concept_is_related_to_the_equation_that_its_sentence_leads_to():
    number = dataclasses.replace(DOCUMENT.blocks[6], kind="paragraph", text="(1)")
    after = dataclasses.replace(number, text="Here the graph convolutional network is fixed.")
    blocks = (*DOCUMENT.blocks[:6], number, after, *DOCUMENT.blocks[8:])
    bare = dataclasses.replace(DOCUMENT, blocks=blocks, figures=(), links=(), sections=())
    flat = tuple(dataclasses.replace(block, section=None) for block in bare.blocks)
    facts = analyse(PAPER, dataclasses.replace(bare, blocks=flat))[1]
    label = {entity.id: entity.label for entity in facts.entities}
    quotes = {
        item.quote
        for edge in facts.relations
        if edge.type == "related_to" and label[edge.target] == "a = softmax(QK)"
        for item in edge.evidence
    }
    assert quotes == {DOCUMENT.blocks[4].text, after.text}


def test_a_citation_quotes_every_sentence_that_cites_the_work_and_the_entry(facts):
    edge = one(facts, "cites")
    assert [item.quote for item in edge.evidence] == [
        "We use the graph convolutional network of Kipf [1], as Figure 1 shows.",
        "FooFormer reaches 84.1% accuracy on Cora, better than the GCN [1].",
        DOCUMENT.blocks[14].text,
    ]
    assert edge.properties["mentions"] == "2"
    assert {"intent", "function", "sentiment"} <= set(edge.properties)


def test_a_number_above_the_line_cites_the_sentence_before_it():
    text = "Kernels came first. 1 Graphs came later."
    block = dataclasses.replace(DOCUMENT.blocks[4], text=text)
    link = Link(kind="reference", block=4, start=20, end=21, targets=(0,))
    blocks = (*DOCUMENT.blocks[:4], block, *DOCUMENT.blocks[5:])
    edge = one(
        analyse(PAPER, dataclasses.replace(DOCUMENT, blocks=blocks, links=(link,)))[1], "cites"
    )
    assert edge.evidence[0].quote == "Kernels came first."


def test_a_reference_without_a_title_is_kept_but_cites_no_work(facts):
    assert "[2] Unreadable scribble" in labels(facts, "reference")
    assert len(edges(facts, "cites")) == 1


def test_a_table_of_results_gives_one_result_a_value(facts):
    from_table = [e for e in of_type(facts, "result") if "-" in e.key.rsplit("#", 1)[-1]]
    assert sorted(labels(facts, "experiment")) == ["Table 1: Results on the test set."]
    told = {(e.properties["method"], e.properties.get("dataset"), e.properties["metric"]): e
            for e in from_table}  # fmt: skip
    assert set(told) == {
        (method, dataset, metric)
        for method, dataset, metric in (
            ("GCN", "Cora", "accuracy"),
            ("GCN", "Cora", "root mean squared error"),
            ("GCN", "CiteSeer", "accuracy"),
            ("FooFormer", "Cora", "accuracy"),
            ("FooFormer", "Cora", "root mean squared error"),
        )
    }
    best = told["FooFormer", "Cora", "accuracy"]
    assert best.properties["value"] == "84.1"
    assert (best.properties["split"], best.properties["better"]) == ("test", "higher")
    assert told["GCN", "Cora", "root mean squared error"].properties["better"] == "lower"


def test_a_result_from_a_table_quotes_its_cell_and_its_headings(facts):
    (best,) = [e for e in of_type(facts, "result") if e.properties.get("value") == "84.1"]
    quotes = [item.quote for item in best.evidence]
    assert quotes[0] == ROWS[3][1]
    assert set(quotes[1:]) == {"FooFormer (ours)", "Acc. ↑", "Cora"}


def test_a_result_in_a_sentence_tells_what_was_measured(facts):
    told = [e.properties for e in of_type(facts, "result") if "values" in e.properties]
    assert told[0]["value"] == "84.1%"
    assert (told[0]["metric"], told[0]["dataset"]) == ("accuracy", "Cora")
    assert told[0]["method"] == "FooFormer"


def test_sections_tell_limitations_contributions_and_plans(facts):
    (limitation,) = of_type(facts, "limitation")
    assert limitation.label == "FooFormer requires much memory."
    assert limitation.properties == {"of": "this paper"}
    assert labels(facts, "future_work") == ["We leave video for future work."]
    contributions = [e for e in of_type(facts, "claim") if e.properties.get("kind")]
    assert [e.label for e in contributions] == ["We propose FooFormer for graphs."]


def test_headings_and_references_hold_no_terms(facts):
    kinds = {p.id: p.kind for p in analyse(PAPER, DOCUMENT)[0]}
    concepts = (e for e in facts.entities if e.type in ("concept", "task"))
    assert {kinds[item.passage_id] for e in concepts for item in e.evidence} <= {
        "paragraph",
        "caption",
    }


def test_a_text_without_tables_has_no_experiments():
    bare = dataclasses.replace(DOCUMENT, tables=())
    assert labels(analyse(PAPER, bare)[1], "experiment") == []


def test_rows_under_the_heading_data_set_are_data_sets():
    rows = (("Dataset", "Accuracy"), ("Shapes", "0.9"), ("Circles", "0.8"))
    table = Table(label="1", block=0, body=1, rows=rows, header_rows=1)
    found = measurements(table, "Results of the GCN.", {})
    assert [(item.dataset, item.value) for item in found] == [("Shapes", "0.9"), ("Circles", "0.8")]
    assert {item.method for item in found} == {"graph convolutional network"}


def test_a_table_without_a_metric_gives_nothing():
    rows = (("Layer", "Size"), ("input", "12"), ("output", "3"))
    assert measurements(Table(label="1", rows=rows, header_rows=1), "The network.", {}) == []


def test_steps_to_an_accuracy_are_no_accuracy():
    rows = (("Model", "Steps to 99% Acc", "Acc"), ("GCN", "2063", "99.5"), ("GAT", "810", "450"))
    found = measurements(Table(label="1", body=1, rows=rows, header_rows=1), "", {})
    assert [(item.metric, item.value, item.better) for item in found] == [
        *(("steps", "2063", "lower"), ("accuracy", "99.5", "higher"), ("steps", "810", "lower")),
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Our model needs half the steps to reach 99% accuracy.", None),
        ("We show that accuracy improves after 2000 steps.", None),
        ("Our results show perfect accuracy with a 54% reduction of time.", None),
        ("Our results show that accuracy is best with 3 × 3 kernels.", None),
        ("We outperform the accuracy of Smith et al. (2017).", None),
        ("Our results in Table 3 show the best accuracy.", None),
        ("We show a 1.25x gain in accuracy and 50% faster training.", None),
        ("Our model achieves an accuracy of 91% in 2000 steps.", "91%"),
    ],
)
def test_what_a_sentence_measures_is_not_what_it_took(text, value):
    facts = analyse(Paper(id="p", title="On models", abstract=text))[1]
    told = [e.properties.get("value") for e in facts.entities if e.properties.get("metric")]
    assert told == ([value] if value else [])


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        *(
            ("84.1 ± 0.2", "84.1"),
            ("**91.2**", "91.2"),
            ("1,024", "1024"),
            ("–", ""),
            ("3.5%", "3.5%"),
        ),
        *(("0.9*", "0.9"), ("12M", "12M"), ("ResNet-50", ""), ("-0.3", "-0.3"), ("", "")),
    ],
)
def test_a_cell_holds_a_value_or_none(cell, value):
    assert value_in(cell) == value
