"""The word lists are well-formed and don't contradict one another."""

from collections import defaultdict

import pytest

from paperflow.extract.lexicon import (
    NAMED_TYPES,
    acronyms,
    generic,
    heads,
    phrase_list,
    terms,
    types_by_key,
    venues,
    verbs,
    word_list,
)
from paperflow.extract.types import CONCEPT_TYPES
from paperflow.extract.words import phrase_key


def test_every_listed_term_has_one_type():
    kinds = defaultdict(set)
    for known in terms().values():
        for term in known:
            kinds[term.key].add(term.type)
    assert {key: found for key, found in kinds.items() if len(found) > 1} == {}


def test_every_spelling_names_one_term():
    ambiguous = {
        parts: {term.key for term in known}
        for parts, known in terms().items()
        if len({term.key for term in known}) > 1
    }
    assert ambiguous == {}


def test_types_of_lists_and_heads_are_types_of_terms():
    assert set(NAMED_TYPES.values()) == set(CONCEPT_TYPES)
    assert set(heads().values()) <= set(CONCEPT_TYPES)


def test_acronyms_share_the_key_of_what_they_stand_for():
    for short, long in acronyms().items():
        keys = {term.key for term in terms()[tuple(phrase_key(short).split())]}
        assert phrase_key(long) in keys


def test_no_junk_phrase_is_a_listed_term():
    assert phrase_list("junk.txt") & set(types_by_key()) == set()


@pytest.mark.parametrize(
    ("form", "lemma"),
    [
        ("outperforms", "outperform"),
        ("studied", "study"),
        ("planned", "plan"),
        ("shown", "show"),
        ("built", "build"),
        ("using", "use"),
        ("achieves", "achieve"),
        ("controlling", "control"),
    ],
)
def test_forms_of_verbs_are_known(form, lemma):
    assert verbs()[form].lemma == lemma


def test_nouns_that_look_like_verbs_are_marked():
    assert verbs()["models"].noun
    assert not verbs()["enables"].noun
    assert {"learning", "embedding"} <= word_list("nominal.txt")
    assert "novel" in generic("leading")
    assert venues()["nips"] == "NeurIPS"
