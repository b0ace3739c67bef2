"""Each part of the page language, rendered by itself."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django import forms
from django.template import RequestContext, Template
from django.test import RequestFactory
from django.utils import translation
from pytest_django.asserts import assertHTMLEqual

from gongjian.ui.asof import set_day
from gongjian.ui.keyset import Page
from gongjian.ui.widgets import Select


def draw(source: str, address: str = "/", day: date | None = None, **values: Any) -> str:
    request = RequestFactory().get(address)
    set_day(request, day or date(2026, 3, 17), date(2026, 3, 17))
    return Template(source).render(RequestContext(request, values))


@pytest.fixture(autouse=True)
def addresses(settings) -> None:
    settings.ROOT_URLCONF = "tests.ui.urls"


def test_an_address_keeps_the_day_beside_what_else_it_asks() -> None:
    past = date(2018, 10, 31)
    assert draw("{% url_on 'unit' 12 %}") == "/units/12/"
    assert draw("{% url_on 'unit' unit_id=12 %}", day=past) == "/units/12/?on=2018-10-31"
    assert draw("{% on_day '/x/?a=1#end' %}", day=past) == "/x/?a=1&amp;on=2018-10-31#end"
    assert draw("{% url_on 'home' as h %}[{{ h }}]", day=past) == "[/?on=2018-10-31]"


@pytest.mark.parametrize(
    ("source", "value", "shown"),
    [
        ("{{ v|day }}", date(2018, 1, 5), "2018-01-05"),
        ("{{ v|day }}", datetime(2018, 1, 4, 20, tzinfo=UTC), "2018-01-05"),
        ("{{ v|day }}", None, ""),
        ("{{ v|moment }}", datetime(2018, 1, 4, 20, tzinfo=UTC), "2018-01-05 04:00"),
        ("{{ v|thousands }}", 1234567, "1,234,567"),
        ("{{ v|thousands }}", -1234, "−1,234"),
        ("{{ v|thousands }}", None, ""),
        ("{{ v|percent }}", 38463 / 47105, "81.7"),
        ("{{ v|percent }}", 0.9999, "99.9"),
        ("{{ v|percent }}", 0.0001, "0.1"),
        ("{{ v|percent }}", 1, "100.0"),
        ("{{ v|percent }}", 0, "0.0"),
        ("{{ v|percent }}", None, ""),
    ],
)
def test_days_and_figures_are_written_the_house_way(source: str, value: Any, shown: str) -> None:
    assert draw(source, v=value) == shown


def test_an_icon_is_silent_beside_a_word_and_named_alone() -> None:
    assert draw("{% icon 'search' %}") == (
        '<svg class="icon" aria-hidden="true"><use href="/static/ui/icons.svg#search"/></svg>'
    )
    assert 'role="img" aria-label="查找"' in draw("{% icon 'search' '查找' %}")


def test_a_chip_has_shape_and_word() -> None:
    html = draw("{% chip 'ok' 's-done' text %}", text="<在册>")
    assert html.startswith('<span class="chip chip--ok"><svg') and html.endswith("&lt;在册&gt;</span>")


def test_names_are_escaped_in_either_language() -> None:
    assert draw("{% name_zh n %}", n="<b>村") == "&lt;b&gt;村"
    with translation.override("en"):
        assert draw("{% name_zh n %}", n="<b>村") == '<span lang="zh-Hans">&lt;b&gt;村</span>'
        assert draw("{% name_zh n %}", n=None) == ""


def test_a_notice_holds_a_title_and_what_to_do() -> None:
    html = draw("{% notice 'warn' title %}<a href='/'>{{ body }}</a>{% endnotice %}", title="9行要改", body="<x>")
    assert html.startswith('<div class="notice notice--warn">')
    assert "<strong>9行要改</strong><a href='/'>&lt;x&gt;</a></div></div>" in html


def test_an_empty_place_says_what_to_do() -> None:
    assert "<strong>没有</strong><p>去掉</p></div>" in draw("{% nothing '没有' %}<p>去掉</p>{% endnothing %}")


def test_crumbs_end_where_you_are() -> None:
    html = draw("{% crumbs trail %}", trail=[("市", "/a/"), ("县", None), ("村", "/c/")])
    assert '<li><a href="/a/">市</a></li><li><span>县</span></li>' in html
    assert '<span aria-current="page">村</span>' in html


def test_the_pager_turns_pages_and_keeps_filters_and_day() -> None:
    page = Page(rows=[1], previous="P", next="N", is_start=False)
    html = draw("{% pager page '第1–12家' %}", "/?kind=town&after=old&on=2018-10-31", page=page)
    assert 'rel="prev" href="?kind=town&amp;on=2018-10-31&amp;before=P"' in html
    assert 'rel="next" href="?kind=town&amp;after=N&amp;on=2018-10-31"' in html
    assert 'href="?kind=town&amp;on=2018-10-31"' in html


def test_the_only_page_offers_no_turning() -> None:
    assert "<a" not in draw("{% pager page %}", page=Page(rows=[1], previous=None, next=None, is_start=True))


def test_an_empty_page_beyond_the_end_leads_back() -> None:
    html = draw("{% pager page %}", "/?after=x", page=Page(rows=[], previous=None, next=None, is_start=False))
    assert html.count("<a") == 1 and 'href="?"' in html


def test_a_figure_stands_with_its_fraction_and_its_door() -> None:
    html = draw("{% stat '建会' '81.7' unit='%' of='38,463/47,105' share=81.654 target=90 href='/x/' mark='工' %}")
    assert 'style="width:81.7%"' in html and 'style="left:90.0%"' in html
    assert "38,463/47,105" in html and 'href="/x/"' in html and '<span class="sr"> 建会</span>' in html


def test_a_figure_of_none_of_them_still_shows_its_bar() -> None:
    assert 'style="width:0.0%"' in draw("{% stat 'x' 0 share=0 %}")
    assert "bullet" not in draw("{% stat 'x' 5 %}")


def test_active_filters_are_removable_words() -> None:
    html = draw("{% active_filters tags '412' '/all/' %}", tags=[("工会：未建", "?a=1")])
    assert 'class="tag" href="?a=1"' in html and 'class="sr"' in html and 'href="/all/"' in html


@pytest.mark.parametrize(
    ("current", "numeric", "href", "says"),
    [
        ("name", False, "?sort=-name", 'aria-sort="ascending"'),
        ("-name", False, "?sort=name", 'aria-sort="descending"'),
        ("code", False, "?sort=name", '<th scope="col">'),
        ("code", True, "?sort=-name", '<th scope="col" class="num">'),
    ],
)
def test_a_table_head_sorts_and_says_how(current: str, numeric: bool, href: str, says: str) -> None:
    html = draw("{% sort_head 'N' 'name' s numeric=n %}", "/?after=x", s=current, n=numeric)
    assert f'href="{href}"' in html and says in html


def test_a_tree_row_fetches_its_rows_and_works_without_script() -> None:
    node = {"id": 7, "name": "草塔镇", "href": "/units/7/", "count": 1019, "children_href": "/below/7/"}
    html = draw("{% tree nodes %}", nodes=[node])
    assert 'hx-get="/below/7/"' in html and 'hx-trigger="unfold"' in html and 'hx-target="#tree-7"' in html
    assert 'aria-expanded="false" aria-controls="tree-7"' in html and '<ul id="tree-7" role="list" hidden>' in html
    assert 'type="submit" form="open-page" formaction="/units/7/"' in html
    assert '<a href="/units/7/">草塔镇<span class="tree__n">1,019</span></a>' in html


def test_a_leaf_has_nothing_to_unfold() -> None:
    html = draw("{% tree nodes %}", nodes=[{"id": 7, "name": "村", "href": "/u/", "is_current": True}])
    assert "<button" not in html and 'aria-current="page"' in html


def test_an_open_row_brings_its_rows_and_the_way_to_more() -> None:
    leaf = {"id": 8, "name": "村", "href": "/units/8/"}
    more = {"href": "/units/?parent=7", "fetch_href": "/below/7/?after=c", "text": "再看10个"}
    town = {
        "id": 7,
        "name": "镇",
        "href": "/u/",
        "children_href": "/b/",
        "is_open": True,
        "children": [leaf],
        "more": more,
    }
    html = draw("{% tree nodes %}", nodes=[town])
    assert 'aria-expanded="true"' in html and '<ul id="tree-7" role="list" data-loaded>' in html
    assert 'href="/units/?parent=7" hx-get="/below/7/?after=c" hx-target="closest li"' in html
    assert html.count("再看10个") == 1


def test_rows_that_come_later_are_announced() -> None:
    html = draw("{% include 'ui/tree_children.html' %}", nodes=[], announce="19个")
    assert 'hx-swap-oob="innerHTML:#live"' in html and "19个" in html


def test_a_job_asks_again_until_it_is_over() -> None:
    job = {"id": 3, "label": "写入", "done": 2870, "total": 4000, "note": "约40秒", "poll_href": "/jobs/3/"}
    html = draw("{% job job %}", job=job)
    assert 'hx-get="/jobs/3/" hx-trigger="every 1s"' in html and 'max="4000" value="2870"' in html
    assert "2,870/4,000" in html
    over = draw("{% job job %}", job={**job, "is_over": True, "end_note": "好了", "end_href": "/x/", "end_text": "看"})
    assert "hx-get" not in over and "notice--ok" in over and 'hx-swap-oob="innerHTML:#live"' in over
    failed = draw("{% job job %}", job={**job, "is_over": True, "failed": True, "end_note": "没成"})
    assert "notice--late" in failed and "hx-get" not in failed


def test_a_job_of_unknown_length_shows_no_share() -> None:
    html = draw("{% job job %}", job={"id": 3, "label": "数", "poll_href": "/"})
    assert '<progress id="job-3-bar"></progress>' in html


class UploadForm(forms.Form):
    day = forms.DateField(label="期限", help_text="写到哪一天")
    agree = forms.BooleanField(label="同意")
    kind = forms.ChoiceField(label="类", choices=[("a", "甲"), ("b", "乙")], widget=forms.RadioSelect)


def test_a_field_ties_label_help_and_error_to_its_input() -> None:
    html = draw("{% field form.day %}", form=UploadForm({"day": "2026-02-30"}))
    assert 'class="field field--error"' in html and '<label for="id_day">期限</label>' in html
    assert 'id="id_day_help"' in html and 'id="id_day_error"' in html
    assert 'aria-describedby="id_day_help id_day_error"' in html and 'aria-invalid="true"' in html
    assert 'class="input"' in html


def test_a_sound_field_shows_no_error() -> None:
    html = draw("{% field form.day %}", form=UploadForm())
    assert "error" not in html and "aria-invalid" not in html and 'aria-describedby="id_day_help"' in html


class TwoForm(forms.Form):
    hidden = forms.CharField(widget=forms.HiddenInput)
    first = forms.CharField()
    second = forms.CharField()
    third = forms.CharField()


def test_the_first_field_that_is_wrong_has_the_focus() -> None:
    form = TwoForm({"first": "1"})
    assert [" autofocus" in draw("{% field field %}", field=form[name]) for name in ("first", "second", "third")] == [
        False, True, False,
    ]  # fmt: skip
    form.add_error(None, "both are wrong")  # which stands on top and is read first
    assert " autofocus" not in draw("{% field field %}", field=form["second"])
    assert " autofocus" not in draw("{% field field %}", field=TwoForm()["first"])


def test_choices_stand_in_a_group_with_a_name() -> None:
    html = draw("{% field form.kind %}{% field form.agree %}", form=UploadForm())
    assert html.count("<legend>类</legend>") == 1 and html.count('type="radio"') == 2
    assert html.count('<label class="check"') == 3


def test_steps_and_lineage_mark_where_things_stand() -> None:
    html = draw(
        "{% steps s %}",
        s=[
            {"name": "交", "icon": "s-done", "is_current": True},
            {"name": "评", "icon": "s-todo", "is_ahead": True},
        ],
    )
    assert html.count('aria-current="step"') == 1 and html.count('class="ahead"') == 1
    html = draw("{% lineage e %}", e=[{"when": "2020-06-30", "title": "<并入>", "icon": "l-merge", "is_unsure": True}])
    assert '<li class="unsure">' in html and "icons.svg#l-merge" in html and "&lt;并入&gt;" in html


def test_our_chooser_offers_what_djangos_does() -> None:
    choices = [("", "全部"), ("group", [("a", "<甲>"), ("b", "乙")]), (7, "丙")]
    ours, its = (kind(choices=choices, attrs={"class": "input"}) for kind in (Select, forms.Select))
    for chosen in ("", "b", 7, None):
        assertHTMLEqual(ours.render("kind", chosen), its.render("kind", chosen))
