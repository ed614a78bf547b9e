"""The same ways against a real model; it proves the wire and the forms, never judgement."""

from typing import Literal

import pytest
from langchain_core.tools import tool
from pydantic import BaseModel, Field

from paperflow.agents.chat import open_chat
from paperflow.agents.doctor import examine_model
from paperflow.agents.model import Model
from paperflow.errors import NoAnswer, TooLong
from paperflow.extract.language_model import answer_of, connect
from tests.agents.conftest import CONTEXT


class Reading(BaseModel):
    """What a sentence is."""

    kind: Literal["claim", "question"]
    terms: list[str] = Field(max_length=2)


@pytest.fixture
def model(small_model_url):
    """Return the model, held to answers of a dozen words."""
    opened = Model(connect("smollm2", small_model_url, environment={}, seconds=60))
    opened.chat.max_tokens = 64  # type: ignore[attr-defined]
    return opened


def test_it_answers_and_its_tokens_are_counted(model):
    assert model.text("You are brief.", "Say the word hello and nothing else.")
    assert 0 < model.meter.tokens < CONTEXT


def test_it_streams_the_same_answer_piece_by_piece(model):
    asked = [("system", "You are brief."), ("human", "Say the word hello and nothing else.")]
    pieces = list(model.stream(asked))
    assert len(pieces) > 1
    assert "".join(pieces) == model.text(asked[0][1], asked[1][1])


def test_its_records_hold_the_schema(model):
    record = model.record("Read the sentence.", "Snow is white.", Reading)
    assert record.kind in ("claim", "question")
    assert model.takes_schemas


def test_a_text_beyond_its_context_is_too_long(model):
    with pytest.raises(TooLong, match="too long for smollm2"):
        model.text("Read.", "word " * 2 * CONTEXT)


def test_an_answer_beyond_its_limit_was_cut_off(model):
    with pytest.raises(TooLong, match="cut off"):
        answer_of(model.chat.bind(max_tokens=2).invoke("Count to a hundred."))


def test_no_patience_is_a_failed_answer(small_model_url):
    hasty = connect("smollm2", small_model_url, environment={}, seconds=0.02)
    with pytest.raises(NoAnswer, match="in time"):
        Model(hasty).text("Tell a story.", "Of a very long journey.")


def test_an_agent_ends_although_the_model_calls_no_tool(model):
    @tool
    def weigh(thing: str) -> str:
        """Weigh a thing."""
        return f"{thing}: 3 kg"

    agent = model.agent([weigh], "You are brief.")
    found = agent.invoke({"messages": [("human", "Say the word hello and nothing else.")]})
    assert found["messages"][-1].text


def test_what_it_can_t_do_is_found_out(model):
    checks = {check.name: check for check in examine_model(model)}
    assert checks["chat"].holds
    assert checks["streaming"].holds
    assert checks["structured output"].found.endswith("by schema")
    assert not checks["tool calls"].holds
    assert (
        checks["context"].found == "at least 0 tokens; at 4,000: the text is too long for smollm2"
    )


def test_it_talks_about_a_library(model, library):
    with open_chat(library, model) as chat:
        *_, last = chat.say("Which graph transformers scale to large graphs?")
        assert last.text
        assert [who for who, _ in chat.history] == ["you", "paperflow"]
