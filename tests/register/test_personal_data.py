"""docs/personal-data.md against the models: every field about a person stands there once, and nothing else does."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from gongjian.accounts.models import User
from gongjian.chronicle import personal
from gongjian.register.models import Person

PAGE = Path(__file__).parents[2] / "docs" / "personal-data.md"
# Models that are about people through and through: every field of theirs is told. Of all others, every foreign key to
# a person or an account is told.
WHOLE = {
    "register.Person", "register.Particulars", "register.Disclosure", "register.Membership", "register.Office",
    "register.Delegation", "accounts.User", "accounts.Tries", "account.EmailAddress", "mfa.Authenticator",
    "socialaccount.SocialAccount", "usersessions.UserSession", "sessions.Session", "chronicle.Act",
    "chronicle.Before", "chronicle.PersonKey", "notices.Letter", "notices.Preference", "pledges.PublicName",
    "deeds.Named", "deeds.ReaderComment",
    "honours.AwardName",
    "telling.MemberTelling",
    "reviews.MemberGrade", "reviews.GradeObjection", "reviews.CountSheet",
}  # fmt: skip


def fields_about_people(all_models: list[type[models.Model]]) -> set[str]:
    """register.Person.name and so on, decided from the models."""
    found = set()
    for model in all_models:
        for field in model._meta.get_fields():
            points_to_people = field.is_relation and field.related_model in (User, Person)
            if getattr(field, "concrete", False) and (model._meta.label in WHOLE or points_to_people):
                found.add(f"{model._meta.label}.{field.name}")
    return found


def fields_told(text: str) -> list[str]:
    rows = re.findall(r"^\| `(\w+\.\w+)` ((?:`\w+` ?)+)\|", text, re.M)
    return [f"{model}.{name}" for model, names in rows for name in re.findall(r"`(\w+)`", names)]


def test_every_field_about_a_person_is_told_once_and_every_field_told_exists():
    told = fields_told(PAGE.read_text(encoding="utf-8"))
    assert sorted(told) == sorted(fields_about_people(apps.get_models()))


def test_every_row_says_for_what_why_who_and_until_when():
    rows = [line.split("|")[1:-1] for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert len(rows) > 20
    assert [row for row in rows if len(row) != 5 or not all(cell.strip() for cell in row)] == []
    reasons = {"duty", "consent", "safety", "on demand"}
    assert {row[2].strip() for row in rows} <= reasons


def test_every_column_that_the_chronicle_hides_is_told():
    hidden = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if model._meta.db_table in personal.PERSONAL and field.column in personal.PERSONAL[model._meta.db_table].columns
    }
    assert len(hidden) > 5 and hidden <= set(fields_told(PAGE.read_text(encoding="utf-8")))


def test_every_model_named_as_whole_exists():
    assert {label for label in WHOLE if apps.get_model(label) is None} == set()


@pytest.mark.parametrize("target", [User, Person])
def test_a_new_foreign_key_to_a_person_or_an_account_is_noticed(target):
    """The check can fail: a model of tomorrow, which no app keeps."""
    options = type("Meta", (), {"app_label": "tomorrow", "apps": apps.__class__(installed_apps=())})
    link = models.ForeignKey(target, on_delete=models.CASCADE, related_name="+")
    model = type("Visit", (models.Model,), {"__module__": __name__, "Meta": options, "visitor": link})
    assert fields_about_people([model]) == {"tomorrow.Visit.visitor"}
    assert fields_told("| `a.B` `c` `d` | x |\n| `a.E` `f` | y |") == ["a.B.c", "a.B.d", "a.E.f"]
