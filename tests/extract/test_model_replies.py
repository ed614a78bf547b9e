"""What is made of a model's reply: read whatever its form, believed where its quotes are true."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperflow.extract.model.check import ALONE, NOT_NAMED, NOT_THERE, UNKNOWN, checked
from paperflow.extract.model.chunks import chunks_of, halves, key_of, questions_of, text_of
from paperflow.extract.model.parse import Unreadable, read_reply
from paperflow.records import Passage

TEXT = "We propose FooFormer, a graph\n transformer. It reaches 84.1% accuracy on Cora."
TERM = {"name": "FooFormer", "type": "method", "quote": "We propose FooFormer"}
REPLY = json.dumps({"terms": [TERM]})


def passage(text, id="p"):
    return Passage(id=id, paper_id="paper", ordinal=0, section="", text=text)


(CHUNK,) = chunks_of([passage(TEXT)])


def names(reply):
    return [term.name for term in read_reply(reply)[0].terms]


@pytest.mark.parametrize(
    "reply",
    [
        REPLY,
        f"Here is the JSON:\n```json\n{REPLY}\n```\nI hope this helps!",
        f"<think>Hm, {{maybe}} the terms are …</think>\n{REPLY}",
        f"<think>never opened rightly {REPLY[:20]}\n</think> {REPLY}",
        f"I thought {{about}} it. {REPLY}",
        REPLY.replace("}]", "},]"),
        REPLY.replace("We propose", "\\alpha \\We propose").replace("\\\\", "\\"),
        json.dumps({"terms": TERM}),
        REPLY.replace("We propose", "We\npropose"),
        f"{REPLY} {REPLY}",
    ],
)
def test_a_reply_is_read_whatever_is_around_it(reply):
    assert names(reply) == ["FooFormer"]


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("I'm sorry, but I can't assist with that.", "without JSON: \"I'm sorry"),
        ("", "without JSON"),
        (REPLY[:40], "JSON is broken"),
        ("<think>On and on and on", "thought aloud"),
        ('{"answer": 42}', "JSON is broken"),
        ("[" * 5000 + "{" * 5000, "JSON is broken"),
    ],
)
def test_a_reply_that_holds_nothing_says_why(reply, reason):
    with pytest.raises(Unreadable, match=reason):
        read_reply(reply)


def test_one_bad_item_does_not_spoil_the_others():
    bad = [{"name": "x", "type": "animal", "quote": "x"}, "text", None, {"name": "no quote"}]
    found, dropped = read_reply(json.dumps({"terms": [*bad, TERM], "links": "none"}))
    assert [term.name for term in found.terms] == ["FooFormer"]
    assert len(dropped) == 5
    assert all("not one of the" in item.reason for item in dropped)


@given(st.text(max_size=200))
def test_no_reply_trips_the_reader(text):
    for reply in (text, REPLY[: len(text)] + text, text + REPLY):
        with suppress(Unreadable):
            assert all(placed.evidence.quote in TEXT for placed in checked(CHUNK, reply).kept)


def check(**lists):
    return checked(CHUNK, json.dumps(lists))


def reasons(**lists):
    return [item.reason for item in check(**lists).dropped]


def test_a_quote_may_differ_in_white_space_and_becomes_the_passage_s_own():
    found = check(terms=[{"name": "graph transformer", "type": "method",
                          "quote": "a graph transformer."}])  # fmt: skip
    (placed,) = found.kept
    assert placed.evidence.quote == "a graph\n transformer."
    assert placed.named("graph transformer").quote == "graph\n transformer"
    assert TEXT[placed.start : placed.end] == placed.evidence.quote


def test_what_the_passage_does_not_say_is_dropped_with_its_reason():
    told = {"name": "FooFormer", "type": "method"}
    assert reasons(terms=[{**told, "quote": "We invent FooFormer"}]) == [NOT_THERE]
    assert reasons(terms=[{**told, "quote": "It reaches 84.1% accuracy on Cora."}]) == [NOT_NAMED]
    assert reasons(terms=[{**told, "name": "Foo", "quote": "We propose FooFormer"}]) == [NOT_NAMED]


def test_links_and_statements_need_terms_that_were_told():
    link = {"source": "this paper", "type": "proposes", "target": "FooFormer"}
    link["quote"] = "We propose FooFormer"
    assert reasons(links=[link]) == [UNKNOWN]
    assert reasons(terms=[TERM], links=[link]) == []
    one = {"relation": "propose", "objects": ["FooFormer"], "quote": "We propose FooFormer"}
    assert reasons(terms=[TERM], statements=[one]) == [ALONE]


words = st.text(alphabet="ab .\n", max_size=60)


@given(st.lists(words, max_size=6), st.integers(5, 40))
def test_chunks_hold_all_the_text_in_order_and_none_is_too_long(texts, most):
    passages = [passage(text, str(number)) for number, text in enumerate(texts)]
    chunks = chunks_of(passages, most)
    pieces = [piece for chunk in chunks for piece in chunk]
    whole = "".join("".join(text.split()) for text in texts)
    assert "".join("".join(piece.text.split()) for piece in pieces) == whole
    assert all(sum(len(piece.text) for piece in chunk) <= most for chunk in chunks)
    assert all(text_of(chunk).strip() for chunk in chunks)


def test_halves_share_the_text_until_it_is_short():
    sentence = "A sentence of some length stands here. "
    (chunk,) = chunks_of([passage(sentence * 50)])
    first, *rest = halves(chunk)
    assert "".join(piece.text for part in (first, *rest) for piece in part) == sentence * 50
    assert text_of(first).endswith(".")
    assert halves(chunks_of([passage(sentence * 10)])[0]) == []


def test_a_key_follows_model_and_text_and_not_the_paper():
    (one,) = questions_of([passage(TEXT)])
    (other,) = questions_of([passage(TEXT, "elsewhere")])
    (changed,) = questions_of([passage(TEXT + " More.")])
    asked_else = one._replace(prompt="Sing.")
    assert key_of("m", one) == key_of("m", other)
    keys = {key_of("m", one), key_of("n", one), key_of("m", changed), key_of("m", asked_else)}
    assert len(keys) == 4
