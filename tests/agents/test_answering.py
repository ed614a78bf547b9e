"""Answers in prose: what the quotes don't bear does not get through."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from paperflow.agents.answering import answer
from paperflow.answers.support import FAR, NEGATED, NO_QUOTE, borne, lack
from paperflow.cli import app
from paperflow.reports.prose import Sentence
from tests.agents.scripted import ScriptedServer, refuses, says, scripted_model

QUESTION = "Which graph transformers scale to large graphs?"
QUOTE = "FooFormer scales to 84.1 million nodes by a global codebook."


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("FooFormer scales to millions of nodes by its codebook.", ""),
        ("FooFormer scales to 84.1 million nodes.", ""),
        ("FooFormer scales to 90 million nodes.", "its quotes don't hold the number 90"),
        ("FooFormer does not scale to 84.1 million nodes.", NEGATED),
        ("Silkworms eat mulberry leaves.", FAR),
        ('It says "FooFormer beats every other model" on nodes.',
         "its quotes don't hold “FooFormer beats every other model”"),
        ('It "scales to 84.1 million  nodes" by a codebook.', ""),
    ],
)  # fmt: skip
def test_a_sentence_says_what_its_quotes_say(text, reason):
    assert lack(text, [QUOTE]) == reason


@given(st.text(max_size=60), st.lists(st.integers(-2, 5), max_size=3))
def test_a_sentence_without_a_quote_of_the_list_never_gets_through(text, cites):
    kept, removed = borne([Sentence(text=text, cites=tuple(cites))], [])
    assert kept == []
    assert [item.reason for item in removed] == [NO_QUOTE]


def test_numbers_in_brackets_count_as_citations():
    kept, _ = borne([Sentence(text="FooFormer scales by a codebook [2, 1].")], [QUOTE, QUOTE])
    assert kept == [Sentence(text="FooFormer scales by a codebook.", cites=(1, 2))]


def said(*sentences):
    return json.dumps({"sentences": [{"text": t, "quotes": list(n)} for t, n in sentences]})


def first_quotes(demo):
    """Return what the model is shown first, word for word."""
    found = answer(demo, QUESTION, scripted_model(said(), said()))
    return [quote.text for quote in found.quotes]


def test_every_sentence_of_the_prose_cites_quotes_of_the_library(demo):
    one, two, *_ = first_quotes(demo)
    found = answer(demo, QUESTION, scripted_model(said((two, [2]), (one, [1]))))
    texts = [passage.text for passage in demo.store.facts.passages()]
    assert [item.text for item in found.prose] == [two, one]
    for item in found.prose:
        for number in item.cites:
            assert any(found.quotes[number - 1].text in text for text in texts)
    assert (len(found.quotes), found.removed, found.model) == (2, (), "scripted")


def test_what_is_not_borne_is_written_anew_once_and_then_left_out(demo):
    one, two, *_ = first_quotes(demo)
    wrong = ("All models win every prize.", [1])
    with ScriptedServer(
        says(said((two, [2]), wrong)), says(said((two, [2]), wrong, ("No number.", [])))
    ) as server:
        found = answer(demo, QUESTION, server.open())
        told = server.requests[1]["messages"][-1]["content"]
    assert "All models win every prize. (its quotes say something else)" in told
    assert [(item.text, item.cites) for item in found.prose] == [(two, (1,))]
    assert [item.reason for item in found.removed] == [FAR, NO_QUOTE]
    assert [quote.text for quote in found.quotes] == [two]
    assert one


def test_without_a_sentence_that_holds_the_answer_is_quotes(demo):
    found = answer(demo, QUESTION, scripted_model(said(("Pasta boils.", [1])), said()), limit=3)
    assert (found.prose, len(found.quotes)) == ((), 3)
    assert found.removed


def test_what_the_library_does_not_say_is_refused_before_the_model_is_asked(demo):
    model = scripted_model()
    assert answer(demo, "How long should pasta boil?", model).refusal
    assert model.meter.steps == 0


def test_the_graphs_add_statements_that_search_did_not_find(demo):
    with ScriptedServer(otherwise=says(said())) as server:
        answer(demo, "Which receptive field has message passing?", server.open())
        shown = server.requests[0]["messages"][-1]["content"]
    assert shown.count("<data name=") > 12


def test_the_command_prints_prose_with_its_quotes(demo):
    one = first_quotes(demo)[0]
    with ScriptedServer(says(said((one, [1]))), says(said((one, [1])))) as server:
        arguments = ["ask", QUESTION, "--model", "scripted", "--model-url", server.address]
        runner, place = CliRunner(), ["-w", str(demo.folder)]
        text = runner.invoke(app, [*arguments, *place]).stdout
        data = json.loads(runner.invoke(app, [*arguments, "--json", *place]).stdout)
    assert text.startswith(f"{one} [1]")
    assert f"[1] “{one}”" in text
    assert data["prose"] == [{"text": one, "cites": [1], "doubt": ""}]


def test_without_a_model_the_answer_is_quotes_alone(demo):
    result = CliRunner().invoke(app, ["ask", QUESTION, "-w", str(demo.folder)])
    assert result.stdout.startswith("“")
    assert result.stderr == ""


def test_a_model_that_refuses_leaves_the_quotes(demo):
    with ScriptedServer(otherwise=refuses(401, "key revoked")) as server:
        arguments = ["ask", QUESTION, "--model", "scripted", "--model-url", server.address]
        result = CliRunner().invoke(app, [*arguments, "-w", str(demo.folder)])
    assert result.exit_code == 1
    assert result.stdout.startswith("“")
    assert "refuses the key" in result.stderr


def test_a_model_that_can_not_take_all_quotes_is_shown_the_better_half(demo):
    def short(asked):
        shown = asked["messages"][-1]["content"]
        too_long = shown.count("<data name=") > 5
        return refuses(400, "context_length_exceeded") if too_long else says(said((one, [1])))

    one = first_quotes(demo)[0]
    with ScriptedServer(otherwise=short) as server:
        found = answer(demo, QUESTION, server.open())
    assert [(item.text, item.cites) for item in found.prose] == [(one, (1,))]


def test_a_model_that_finds_no_answer_leaves_the_quotes(demo):
    with ScriptedServer(otherwise=says({"answered": False})) as server:
        arguments = ["ask", QUESTION, "--model", "scripted", "--model-url", server.address]
        result = CliRunner().invoke(app, [*arguments, "-w", str(demo.folder)])
    assert result.stdout.startswith("“")
    assert "scripted finds no answer in the quotes" in result.stderr
