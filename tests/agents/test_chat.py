"""A conversation with a model: tools, checked citations, threads, stops, and weak models."""

import re
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest

from paperflow.agents.chat import Answer, Call, Note, Text, open_chat, turn
from paperflow.agents.chat.cite import NOT_THERE, UNCITED, checked
from paperflow.errors import ModelError, NoAnswer, TooLong
from tests.agents.scripted import (
    SILENCE,
    ScriptedServer,
    breaks,
    calls,
    refuses,
    says,
)

ROOT = Path(__file__).parents[2]
QUESTION = "Which graph transformers scale to large graphs?"
LOOKS_UP = calls(("ask_library", {"question": QUESTION}))
QUOTE = re.compile(r"“([^”]+)” \[([^\]]+)\]")


def quotes_first(request):
    """Return the first quote that the tool gave, as a model would."""
    text, key = QUOTE.search(str(request["messages"][-1]["content"])).groups()
    return says(f"The library says “{text}” [{key}].")


@contextmanager
def talking(library, *script, thread="", ask=None, otherwise=None):
    with (
        ScriptedServer(*script, otherwise=otherwise) as server,
        open_chat(library, server.open(), thread, ask) as chat,
    ):
        yield chat, server


def answer(events):
    return list(events)[-1]


def roles(request):
    return [message["role"] for message in request["messages"]]


def test_an_answer_is_looked_up_streamed_and_cited(library):
    with talking(library, LOOKS_UP, quotes_first) as (chat, server):
        events = list(chat.say(QUESTION))
    assert Call("ask_library", f'question="{QUESTION}"') in events
    texts = [event.text for event in events if isinstance(event, Text)]
    assert len(texts) > 3
    assert all(late.startswith(early) for early, late in pairwise(texts))
    last = events[-1]
    assert isinstance(last, Answer)
    assert [source.key for source in last.sources] == [QUOTE.search(last.text)[2]]
    assert last.doubts == ()
    assert roles(server.requests[-1]) == ["system", "user", "assistant", "tool"]


def test_made_up_keys_and_quotes_are_marked(library):
    with talking(library, LOOKS_UP, quotes_first) as (chat, _):
        true = answer(chat.say(QUESTION))
    key = true.sources[0].key
    text = f"“Graphs are entirely made of cheese” [{key}]. So says [nobody_cheese_2021]. “Yes” [1]."
    found = checked(library, text)
    assert found.text.count(NOT_THERE) == 2
    assert f"cheese” {NOT_THERE} [{key}]" in found.text
    assert found.doubts[:2] == (
        "no paper [nobody_cheese_2021] in the library",
        "no cited paper says “Graphs are entirely made of cheese”",
    )
    assert [source.key for source in found.sources] == [key]


@pytest.mark.parametrize(
    ("sentence", "doubt"),
    [
        ("LargeGT scales the graph transformer to single graphs", ""),
        ("LargeGT scales the graph transformer to 31,415 single graphs", "number 31,415"),
        ("Mice that sleep well learn mazes sooner", "something else"),
    ],
)
def test_each_sentence_that_cites_is_held_against_its_papers(library, sentence, doubt):
    found = checked(library, f"{sentence} [dwivedi_graph_2023].")
    assert len(found.doubts) == bool(doubt)
    assert doubt in "".join(found.doubts)


def test_sentences_that_cite_nothing_are_counted_beside_those_that_do(library):
    text = "LargeGT scales the graph transformer. [dwivedi_graph_2023] I like it. So will you."
    assert checked(library, text).doubts == ("2 sentences cite nothing",)


def test_an_answer_that_cites_nothing_says_so(library):
    with talking(library, says("Graphs are nice.")) as (chat, _):
        assert answer(chat.say("Hello")).doubts == (UNCITED,)


def test_a_conversation_goes_on_by_its_id(library):
    with talking(library, LOOKS_UP, quotes_first) as (chat, _):
        list(chat.say(QUESTION))
        assert chat.thread == "chat-1"
        told = chat.history
    with talking(library, says("As I said.")) as (other, server):
        list(other.say("Hello"))
        assert other.thread == "chat-2"
        assert roles(server.requests[0]) == ["system", "user"]
    with talking(library, says("As I said."), thread="chat-1") as (again, server):
        assert again.history == told
        list(again.say("Once more?"))
        assert roles(server.requests[0]) == [
            "system",
            "user",
            "assistant",
            "tool",
            "assistant",
            "user",
        ]
        assert [who for who, _ in again.history] == ["you", "paperflow"] * 2


def test_an_answer_that_is_stopped_is_kept_as_far_as_it_came(library):
    with talking(library, says("one two three four"), says("Five.")) as (chat, server):
        events = chat.say("Count.")
        next(event for event in events if isinstance(event, Text))
        events.close()
        assert chat.history[0] == ("you", "Count.")
        assert chat.history[1][1].startswith("one")
        assert answer(chat.say("Go on.")).text == "Five."
        assert roles(server.requests[-1]) == ["system", "user", "assistant", "user"]


def test_a_key_press_stops_a_model_that_is_silent(library, monkeypatch):
    monkeypatch.setattr(turn, "_LEAVING", 0.01)
    with talking(library, SILENCE, says("Here I am.")) as (chat, server):
        events = chat.say("Hello?")
        with pytest.raises(KeyboardInterrupt):
            stopped_at_once(events, server)
        assert chat.history == [("you", "Hello?"), ("paperflow", "[no answer]")]


def stopped_at_once(events, server):
    """Press Ctrl-C as soon as the request is there."""

    def press():
        while not server.seen:
            threading.Event().wait(0.01)
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    threading.Thread(target=press).start()
    list(events)


def test_calls_that_were_never_answered_are_before_the_next_turn(library):
    with talking(library, LOOKS_UP, otherwise=says("Done.")) as (chat, server):
        events = chat.say(QUESTION)
        next(event for event in events if isinstance(event, Call))
        events.close()
        assert answer(chat.say("And now?")).text == "Done."
        messages = server.requests[-1]["messages"]
    asked = {call["id"] for message in messages for call in message.get("tool_calls") or ()}
    assert asked == {message["tool_call_id"] for message in messages if message["role"] == "tool"}


def test_a_conversation_goes_on_after_its_process_was_killed(library):
    process = []

    def kill(request):
        process[0].kill()
        return says("Nobody hears this.")

    with ScriptedServer(LOOKS_UP, kill) as server:
        options = ["-w", str(library.folder), "--model", "scripted", "--model-url", server.address]
        command = [sys.executable, "-m", "paperflow", "chat", "-m", QUESTION, *options]
        process.append(subprocess.Popen(command, cwd=ROOT))
        assert process[0].wait(60) == -signal.SIGKILL
    with talking(library, says("Here again."), thread="chat-1") as (chat, server):
        assert chat.history == [("you", QUESTION)]
        list(chat.say("Are you there?"))
        assert roles(server.requests[0])[1:] == ["user", "assistant", "tool", "assistant", "user"]


def test_a_model_without_tools_is_handed_quotes(library):
    no = refuses(400, "scripted does not support tools")
    with talking(library, no, quotes_first, quotes_first) as (chat, server):
        events = list(chat.say(QUESTION))
        assert any(
            isinstance(event, Note) and "can't be given tools" in event.text for event in events
        )
        assert events[-1].sources
        assert chat.history[0] == ("you", QUESTION)
        assert answer(chat.say("How does attention work in graph transformers?")).sources
        assert ["tools" in request for request in server.requests] == [True, False, False]
        assert chat.history[2] == ("you", "How does attention work in graph transformers?")


def test_a_conversation_that_outgrows_the_model_loses_its_beginning(library):
    def forgetful(request):
        if len(roles(request)) > 4:
            return refuses(400, "maximum context length is 10 tokens")
        return says("Yes.")

    with talking(library, otherwise=forgetful) as (chat, _):
        for number in range(3):
            events = list(chat.say(f"Question {number}"))
        assert any(isinstance(event, Note) and "left out" in event.text for event in events)
        assert len(chat.history) == 6


def test_a_model_too_small_for_the_tools_is_handed_quotes(library):
    def small(request):
        if "tools" in request:
            return refuses(400, "the prompt is too long")
        return quotes_first(request)

    with talking(library, otherwise=small) as (chat, server):
        assert answer(chat.say(QUESTION)).sources
        assert ["tools" in request for request in server.requests] == [True, False]


def test_a_question_too_long_by_itself_is_one_error(library):
    long = refuses(400, "the prompt is too long")
    with talking(library, long, long, LOOKS_UP, quotes_first) as (chat, server):
        with pytest.raises(TooLong):
            list(chat.say("Hello"))
        assert answer(chat.say(QUESTION)).sources
        assert ["tools" in request for request in server.requests] == [True, False, True, True]


@pytest.mark.parametrize(
    ("line", "kind", "told"),
    [
        (refuses(401, "bad key"), ModelError, "refuses the key"),
        (says("<think>Hm"), NoAnswer, "gave no answer"),
        (says(""), NoAnswer, "gave no answer"),
        (says("", refusal="I won't."), NoAnswer, "may have refused"),
    ],
)
def test_what_goes_wrong_is_one_line_and_the_conversation_goes_on(library, line, kind, told):
    with talking(library, line, otherwise=says("I am back.")) as (chat, _):
        with pytest.raises(kind, match=told):
            list(chat.say("Hello"))
        assert answer(chat.say("Are you there?")).text == "I am back."
        assert [who for who, _ in chat.history] == ["you", "paperflow"] * 2


def test_an_answer_that_breaks_off_is_asked_for_again(library):
    with talking(library, breaks("Half of"), says("The whole.")) as (chat, _):
        events = list(chat.say("Hello"))
        assert [event.text for event in events if isinstance(event, Text)][-1] == "The whole."
        assert chat.history[1:] == [("paperflow", "The whole.")]


def test_thoughts_are_not_shown(library):
    with talking(library, says("<think>Hm, is it?</think>Yes it is.")) as (chat, _):
        events = list(chat.say("Sure?"))
        assert events[-1].text == "Yes it is."
        assert not any("Hm" in event.text for event in events if isinstance(event, Text))
        assert chat.history[-1] == ("paperflow", "Yes it is.")


def test_a_model_that_goes_round_in_circles_is_stopped(library, monkeypatch):
    monkeypatch.setattr(turn, "MOST_STEPS", 7)
    with talking(library, otherwise=LOOKS_UP) as (chat, _), pytest.raises(NoAnswer, match="on and"):
        list(chat.say("Think hard."))


@pytest.mark.parametrize("agrees", [True, False])
def test_a_tool_that_writes_asks_first(library, agrees):
    asked = []

    def ask(question):
        asked.append(question)
        return agrees

    wants = calls(("export", {"format": "bib"}))
    with talking(library, wants, says("Well."), ask=ask) as (chat, server):
        list(chat.say("Export everything."))
        told = server.requests[-1]["messages"][-1]["content"]
    assert len(asked) == 1
    assert (library.folder / "exports" / "library.bib").exists() == agrees
    assert ("wrote" in told) == agrees
