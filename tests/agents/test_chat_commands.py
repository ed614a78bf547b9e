"""`paperflow chat` on the command line: without a model, through pipes, with slashes."""

import io
import json
import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from paperflow.agents.chat import Note, open_chat
from paperflow.agents.chat.route import AMBIGUOUS, ELSEWHERE, route
from paperflow.agents.chat.slash import slash
from paperflow.agents.tool_text import page_of
from paperflow.answers.reading import read
from paperflow.cli import COMMANDS, GROUPS, app
from paperflow.commands.terminal import read_message
from paperflow.errors import BadInput, NotReady, UnknownName
from tests.agents.scripted import ScriptedServer, says

QUESTION = "Which graph transformers scale to large graphs?"


def chat(library, *options, typed=""):
    return CliRunner().invoke(app, ["chat", "-w", str(library.folder), *options], input=typed)


@pytest.mark.parametrize(
    ("typed", "tool", "arguments"),
    [
        ("search graph transformers", "search_library", {"query": "graph transformers"}),
        ("ask what is GPS", "ask_library", {"question": "what is GPS"}),
        (QUESTION, "ask_library", {"question": QUESTION}),
        ("Does attention help", "ask_library", {"question": "Does attention help"}),
        ("graph transformers", "search_library", {"query": "graph transformers"}),
        ("path GPS to Cora", "s_path", {"source": "GPS", "target": "Cora"}),
        ('path "a to b" "c"', "s_path", {"source": "a to b", "target": "c"}),
        ("How is GPS related to Cora?", "s_path", {"source": "GPS", "target": "Cora"}),
        ("what connects GPS and Cora", "s_path", {"source": "GPS", "target": "Cora"}),
        ("recommend", "recommend", {}),
        ("recommend systems", "search_library", {"query": "recommend systems"}),
        ("export bib", "export", {"format": "bib"}),
        ("export", "export", {}),
        ("read smith_graphs_2024", "read_paper", {"paper": "smith_graphs_2024"}),
        ("path transformer bert", "s_path", {"source": "transformer", "target": "bert"}),
        ("sentiment analysis", "search_library", {"query": "sentiment analysis"}),
        ('paperflow ask "what is GPS"', "ask_library", {"question": "what is GPS"}),
        ("paperflow discover 'graph kernels'", "search_library", {"query": "graph kernels"}),
    ],
)
def test_a_line_is_a_command_a_question_or_a_search(typed, tool, arguments):
    assert route(typed) == (tool, arguments)


@given(st.text(min_size=1).filter(str.strip))
def test_every_line_means_something(typed):
    with suppress(BadInput):  # a command that lacks what it needs
        tool, arguments = route(typed)
        assert isinstance(tool, str)
        assert all(isinstance(value, str) for value in arguments.values())


@pytest.mark.parametrize(
    ("typed", "told", "hint"),
    [
        ("path", 'path A to B, or path "A" "B"', "search path"),
        ('path "graph transformer"', 'path A to B, or path "A" "B"', "search path"),
        ("path integral of a loop", "path A to B", "search path integral of a loop"),
        ("read", "read PAPER", "search read"),
        ("Ask", "ask QUESTION", "search Ask"),
        ("search", "search WORDS", "search search"),
        ("star smith_graphs_2024", "star is no command", "paperflow star …"),
        ("add paper.pdf", "add is no command", "paperflow add …"),
        ("paperflow graph stats", "graph is no command", "paperflow graph …"),
        ("delete everything", "no command delete", "paperflow --help"),
    ],
)
def test_a_command_that_can_t_be_done_is_no_search(typed, told, hint):
    with pytest.raises(BadInput, match=re.escape(told)) as error:
        route(typed)
    assert hint in error.value.hint


def test_the_commands_of_the_program_are_known_to_the_conversation():
    here = {"discover", "ask", "path", "read", "recommend", "export"}
    assert {*ELSEWHERE, *AMBIGUOUS} == {*COMMANDS, *GROUPS} - here


@pytest.mark.parametrize("typed", ["star smith_graphs_2024", "read", "", "   "])
def test_what_is_no_message_is_refused_with_a_hint(library, typed):
    result = chat(library, "-m", typed)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "error: " in result.stderr
    assert "hint: " in result.stderr


def test_without_a_model_questions_are_answered_with_quotes(library):
    result = chat(library, "-m", QUESTION)
    assert result.exit_code == 0, result.output
    assert "“" in result.stdout
    assert "<data" not in result.stdout
    assert "no language model" in result.stderr
    assert "read as: ask Which" in result.stderr


def test_what_a_command_can_t_do_is_told_and_the_conversation_goes_on(library):
    with open_chat(library, None) as talk:
        with pytest.raises(UnknownName):
            list(talk.say("path nothing-of-the-kind to nowhere-at-all"))
        events = list(talk.say("search graph"))
        assert isinstance(events[0], Note)
        assert "papers of the library" in events[-1].text


def test_messages_are_piped_in_one_a_line_or_in_blocks(library):
    typed = f'search graph\n\n"""\n{QUESTION}\n"""\n/history\nask what \\\nis attention\n'
    result = chat(library, typed=typed)
    assert result.exit_code == 0, result.output
    assert f"you: {QUESTION}" in result.stdout
    assert result.stderr.count("read as:") == 3


def test_a_conversation_without_a_model_goes_on_with_one(library):
    chat(library, "-m", "search graph", "--thread", "mine")
    with ScriptedServer(says("We searched for graphs.")) as server:
        options = ["--model", "scripted", "--model-url", server.address]
        result = chat(library, "-m", "What did we do?", "--thread", "mine", *options)
        assert result.exit_code == 0, result.output
        assert result.stdout == "We searched for graphs.\n"
        said = [message["content"] for message in server.requests[0]["messages"]]
    assert said[1] == "search graph"
    assert said[-1] == "What did we do?"


def test_a_message_that_can_t_be_answered_is_an_error(library):
    result = chat(library, "-m", "read nobody_nothing_1900")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "hint: " in result.stderr
    assert "/export FORMAT" in chat(library, "-m", "/help").stdout


def test_one_answer_as_json(library):
    found = json.loads(chat(library, "-m", QUESTION, "--json").stdout)
    assert found["thread"] == "chat-1"
    assert "“" in found["text"]
    assert chat(library, "--json").exit_code == 1


@pytest.mark.parametrize("line", ["/tools", "/help", "/history", "/export"])
def test_what_a_slash_tells_is_json_where_json_is_asked_for(library, line):
    found = json.loads(chat(library, "-m", line, "--json").stdout)
    assert found["thread"] == "chat-1"
    assert found["text"]
    assert found["sources"] == []


def test_an_unknown_slash_is_an_error_with_a_hint_and_the_rest_goes_on(library):
    result = chat(library, typed="/hlep\n/help\n/quit\nsearch graph\n")
    assert result.exit_code == 1
    assert "did you mean /help?" in result.stderr
    assert "/export FORMAT" in result.stdout
    assert "read as: " not in result.stderr


def test_the_conversation_and_what_it_cites_can_be_taken_away(library):
    with open_chat(library, None, "mine") as talk:
        with pytest.raises(NotReady):
            slash(talk, "/export bib")
        list(talk.say(QUESTION))
        assert slash(talk, "/export").endswith("mine.md")
        assert slash(talk, "/export bib").endswith("mine-papers.bib")
        assert "ask_library" in slash(talk, "/tools")
        with pytest.raises(BadInput):
            slash(talk, "/nothing")
    exports = library.folder / "exports"
    assert QUESTION in (exports / "mine.md").read_text("utf-8")
    assert (exports / "mine-papers.bib").read_text("utf-8").startswith("@")


def test_a_tool_that_writes_does_nothing_where_nobody_can_be_asked(library):
    result = chat(library, typed="export bib\nsearch graph\n")
    assert result.exit_code == 1
    assert "nobody is there to ask" in result.stderr
    assert "paperflow export FORMAT" in result.stderr
    assert "not done" not in result.stdout
    assert "papers of the library" in result.stdout
    assert not (library.folder / "exports").exists()


def test_a_person_s_no_is_an_answer(library):
    with open_chat(library, None, ask=lambda question: False) as talk:
        assert list(talk.say("export bib"))[-1].text == "not done"


def test_one_is_told_in_the_singular(library):
    assert page_of(["a"], 1, "paper", " of the library")[1] == "1 paper of the library"
    assert page_of(["a", "b"], 1, "paper", " of the library")[1] == "2 papers of the library"
    with pytest.raises(BadInput) as error:
        read(library, "dwivedi_graph_2023", page=2, most=10**9)
    assert error.value.hint == "the text has 1 page"


def test_a_conversation_has_a_plain_name(library):
    result = chat(library, "-m", "search graph", "--thread", "../mine")
    assert result.exit_code == 1
    assert "can't be called" in result.stderr


@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters='"\\')),
        min_size=1,
    )
)
def test_a_block_is_read_back_as_it_was_typed(lines):
    stream = io.StringIO('"""\n' + "\n".join(lines) + '\n"""\nnext\n')

    def read(prompt):
        return stream.readline().rstrip("\n")

    assert read_message(read) == "\n".join(lines).strip()
    assert read_message(read) == "next"
