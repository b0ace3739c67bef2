"""The rules of docs/lightness.md: that each has its test, and those that hold for the whole of the program."""

from __future__ import annotations

import ast
import gettext as catalogues
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from gongjian.accounts.models import User
from gongjian.language import CATALOGUE
from gongjian.register.models import Person

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "lightness.md").read_text(encoding="utf-8")
ROWS = [line for line in PAGE.splitlines() if line.startswith("| ")][1:]
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
# Signing in, being here, looking, pressing: as a number or a length of time.
COUNTED = re.compile(
    r"(log_?ins?|sign_?ins?|online|seen|views?|clicks?|reads?|likes?|forwards?|shares?)_?(count|number|total)"
    r"|(count|number)_of_(log|sign|view|click|read|like)"
    r"|last_(login|seen)|duration|time_spent|streak|check_?in"
)
RANKED = re.compile(r"rank|score|points|stars?$|leader_?board|place_in_list")
# What a scheme gives an organisation, and no person: the models point to none.
OF_BODIES = {
    f"appraisal.{name}" for name in ("Case.score", "Mark.points", "Regrade.score_before", "Regrade.score_after")
}
DEVICES = (
    "打卡", "签到", "积分", "排行", "名次", "在线时长", "登录次数", "点赞", "转发数", "阅读量", "安装率",
    "购买", "优惠", "广告",
)  # fmt: skip
PICTURES = re.compile(r"accept=.image|capture=|geolocation|getUserMedia")


def ours() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("gongjian.")]


def _chinese() -> list[str]:
    with CATALOGUE.open("rb") as file:
        return [str(text) for text in catalogues.GNUTranslations(file)._catalog.values()]  # type: ignore[attr-defined]


def fields() -> list[str]:
    return [f"{model._meta.label}.{field.name}" for model in ours() for field in model._meta.concrete_fields]


# == the page ==
def test_every_row_names_a_test_that_stands():
    assert len(ROWS) > 15
    for row in ROWS:
        named = NAMED.findall(row)
        assert named, row
        assert len(row.split("|")) == 5, row
        for path, name in named:
            tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
            assert name in {each.name for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)}, row


# == what is kept ==
def test_nothing_is_kept_of_how_often_or_how_long_somebody_is_here():
    assert [name for name in fields() if COUNTED.search(name.rpartition(".")[2])] == []


@pytest.mark.parametrize(
    "name", ["login_count", "last_login", "views_count", "number_of_clicks", "duration", "checkin"]
)
def test_a_field_that_counted_it_would_be_found(name):
    assert COUNTED.search(name)


def test_no_field_ranks_or_scores_a_person():
    """Nor does anything that belongs to a person or an account hold a number about them."""
    of_bodies = {name for name in fields() if RANKED.search(name.rpartition(".")[2])}
    assert of_bodies == OF_BODIES
    numbers = (models.IntegerField, models.FloatField, models.DecimalField)
    counted = {
        f"{model._meta.label}.{field.name}"
        for model in (User, Person)
        for field in model._meta.concrete_fields
        if isinstance(field, numbers) and not field.primary_key and not field.is_relation
    }
    assert counted == set()


def test_no_page_has_the_devices_of_formalism():
    """In Chinese, as pages say it. A sentence that says that something is not done may name it."""
    told = [text for text in _chinese() if any(word in text for word in DEVICES)]
    assert [text for text in told if not re.search("不|没有|无", text)] == []


def test_no_page_asks_for_a_picture_or_for_where_somebody_is():
    files = [path for ending in ("html", "js") for path in (ROOT / "gongjian").rglob(f"*.{ending}")]
    assert len(files) > 100
    assert [path.name for path in files if PICTURES.search(path.read_text(encoding="utf-8"))] == []
    assert [name for model in ours() for name in model._meta.fields if isinstance(name, models.ImageField)] == []


# == to whom one turns ==
def test_the_inbox_says_to_whom_one_complains(town, signed_in, settings):
    settings.COMPLAINTS = "样例减负办 0575-00000000"
    assert "样例减负办" in signed_in(town.secretary).get("/asks/").content.decode()
    settings.COMPLAINTS = ""
    assert "可以反映" not in signed_in(town.secretary).get("/asks/").content.decode()
