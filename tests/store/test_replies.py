"""A language model's replies: kept by content, whatever becomes of papers and analyses."""

from paperflow.records import Paper
from tests.store.conftest import analysed


def test_replies_are_found_by_their_keys(store):
    store.replies.put({"a": "1", "b": ""})
    store.replies.put({"b": "2"})
    assert store.replies.get(["a", "b", "c"]) == {"a": "1", "b": "2"}


def test_a_paper_is_pending_again_once_a_model_has_read_more_of_it(store):
    store.papers.add([Paper(title="Large graphs")])
    (paper,) = store.papers.all()

    def analyse():
        ((_, fingerprint),) = store.facts.pending("1")
        store.facts.put(paper.id, fingerprint, *analysed(paper))

    analyse()
    for reading in (("m", 1), ("m", 2), ("n", 2)):
        store.replies.mark(paper.id, *reading)
        assert store.replies.model_of(paper.id) == reading[0]
        analyse()
        assert store.facts.pending_count("1") == 0
    store.replies.forget_readings()
    assert store.facts.pending_count("1") == 1


def test_a_reading_goes_with_its_paper_and_replies_outlive_a_repair(store):
    store.papers.add([Paper(title="Large graphs")])
    store.replies.mark(store.papers.ids()[0], "m", 1)
    store.replies.mark("nobody", "m", 1)
    store.replies.put({"a": "1"})
    store.papers.add([Paper(title="Large graphs", doi="10.1000/a")])
    assert store.replies.model_of("doi:10.1000/a") == ""
    store.checks.repair()
    assert store.replies.get(["a"]) == {"a": "1"}
    assert not list(store.checks.problems())
