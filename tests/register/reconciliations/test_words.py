"""Every reason has its sentence, with the very gaps that the engine fills."""

import re

import pytest
from django.utils import translation

from gongjian.register.reconcile.evidence import KINDS
from gongjian.register.reconcile.firms import FIRM_KINDS, FirmHappened
from gongjian.register.reconcile.proposals import Happened
from gongjian.register.reconciliations.firm_words import FIRM_EVIDENCE, FIRM_HAPPENED, FIRM_SHAPES
from gongjian.register.reconciliations.words import EVIDENCE, HAPPENED, SHAPES, how_sure, sentence


def gaps_of(said: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)s", said))


def test_each_kind_of_evidence_has_its_sentence():
    assert set(EVIDENCE) == set(KINDS)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_sentence_names_only_what_its_evidence_holds(kind, language):
    with translation.override(language):
        said = str(EVIDENCE[kind])
    assert gaps_of(said) <= set(KINDS[kind])
    assert gaps_of(said), "a sentence without any fact convinces nobody"


def test_everything_that_can_happen_has_a_word_and_a_shape():
    happened = set(Happened.__args__)
    assert set(HAPPENED) == set(SHAPES) == happened


def test_several_names_are_listed_in_quotation_marks():
    with translation.override("en"):
        said = sentence({"kind": "rivals", "gaps": {"names": ["上旺村", "下旺村"]}})
    assert said == "Several fit nearly as well: “上旺村”、“下旺村”."


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("甲村", "乙村", "Its neighbours in the list, “甲村” and “乙村”, went into “丙村”."),
        ("甲村", "", "Its neighbour in the list, “甲村”, went into “丙村”."),
        ("", "乙村", "Its neighbour in the list, “乙村”, went into “丙村”."),
    ],
)
def test_at_the_end_of_a_list_there_is_one_neighbour(before, after, said):
    gaps = {"before": before, "after": after, "new_name": "丙村"}
    with translation.override("en"):
        assert sentence({"kind": "neighbours_went", "gaps": gaps}) == said


@pytest.mark.parametrize(
    ("confidence", "words"),
    [(0.999, "as good as certain"), (0.9, "very likely"), (0.5, "more likely than not"), (0.1, "unlikely")],
)
def test_a_confidence_is_said_in_words(confidence, words):
    with translation.override("en"):
        assert how_sure(confidence) == words


# == businesses ==
def test_each_kind_of_evidence_of_firms_has_its_sentence():
    assert set(FIRM_EVIDENCE) == set(FIRM_KINDS)
    assert not set(FIRM_EVIDENCE) & set(EVIDENCE)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("kind", FIRM_KINDS)
def test_a_sentence_on_a_firm_names_only_what_its_evidence_holds(kind, language):
    with translation.override(language):
        said = gaps_of(str(FIRM_EVIDENCE[kind]))
    assert said and said <= set(FIRM_KINDS[kind])


def test_everything_that_can_happen_to_a_firm_has_a_word_and_a_shape():
    assert set(FIRM_HAPPENED) == set(FIRM_SHAPES) == set(FirmHappened.__args__)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("", "B", "The register knows no credit code yet; the list gives B."),
        ("A", "", "The list leaves out its credit code; the register keeps A."),
        ("A", "B", "Its credit code was A and would now be B."),
    ],
)
def test_a_code_that_one_side_lacks_is_told_so(old, new, said):
    with translation.override("en"):
        assert sentence({"kind": "other_credit_code", "gaps": {"old_code": old, "new_code": new}}) == said
