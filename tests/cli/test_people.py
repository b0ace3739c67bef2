"""Forgetting people from the command line."""

from datetime import timedelta

import pytest

from gongjian import cli
from gongjian.register.forgetting import NEUTRAL
from gongjian.register.models import Person
from tests.register import town as small


@pytest.fixture
def run(town, capsys, monkeypatch):
    monkeypatch.setattr(cli, "_open_database", lambda: False)
    monkeypatch.setenv("LANGUAGE", "en")

    def run(*words: str) -> tuple[int, str, str]:
        code = cli.main(["people", *words])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


@pytest.fixture
def left(town):
    person = small.person("冯样例")
    small.membership(person, town.bodies["village_party"], until=town.today - timedelta(days=1097))
    return person


def test_somebody_is_forgotten_by_number_for_a_reason(run, left):
    code, out, _ = run("forget", str(left.pk), "--reason", "letter 7")
    assert code == 0 and out.startswith(f"Person {left.pk} is forgotten.")
    assert Person.objects.get(pk=left.pk).name == NEUTRAL
    assert run("forget", str(left.pk), "--reason", "letter 7")[::2] == (1, "This person was forgotten already.\n")


def test_who_is_not_there_or_still_holds_an_office_is_said(run, town):
    assert run("forget", "99999999", "--reason", "letter 7")[::2] == (
        1,
        "There is no person with the number 99999999.\n",
    )
    code, _out, said = run("forget", str(town.people["chair"].pk), "--reason", "letter 7")
    assert (code, said) == (1, "This person still holds an office or is a member. End that first.\n")


def test_a_dry_run_counts_and_changes_nothing(run, left):
    first = "Persons whose last office and membership ended more than 1,096 days ago: 1.\n"
    assert run("minimise", "--dry-run") == (0, f"{first}Nothing was changed.\n", "")
    assert Person.objects.get(pk=left.pk).name == "冯样例"
    assert run("minimise") == (0, f"{first}Forgotten: 1.\n", "")
    assert run("minimise")[1].endswith("Forgotten: 0.\n")


def test_the_setting_says_how_long(run, left, settings):
    settings.KEEP_PEOPLE_DAYS = 1097
    assert "ago: 0." in run("minimise", "--dry-run")[1]
