import re
from html.parser import HTMLParser

import pytest
from django.test import Client, RequestFactory
from django.utils import timezone

from gongjian.ui.headers import CONTENT_SECURITY_POLICY


class Addresses(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.inline: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a":
            self.links.append(given.get("href") or "")
        if (tag == "script" and "src" not in given) or tag == "style":
            self.inline.append(tag)
        self.inline += [name for name in given if name.startswith("on")]


def read(pages: Client, address: str, language: str = "en") -> str:
    return pages.get(address, headers={"accept-language": language}).content.decode()


def test_every_link_of_the_frame_keeps_a_past_day(pages: Client) -> None:
    page = read(pages, "/?on=2018-10-31")
    links = {link for link in Addresses(page).links if link.startswith("/") and not link.startswith("/units/1")}
    assert links == {
        f"{path}?on=2018-10-31"
        for path in ["/", "/search/", "/territory/", "/line/", "/leadership/", "/units/", "/mine/", "/account/sign-in/"]
    }
    assert page.count('<input type="hidden" name="on" value="2018-10-31">') == 2  # search, plain unfolding


def test_no_link_carries_the_day_when_it_is_today(pages: Client) -> None:
    assert "on=" not in "".join(Addresses(read(pages, f"/?on={timezone.localdate()}")).links)


def test_the_band_and_a_notice_say_that_the_day_is_past(pages: Client) -> None:
    past, now = read(pages, "/?on=2018-10-31"), read(pages, "/")
    assert "where--past" in past and "You are looking at 2018-10-31" in past and "notice--past" in past
    assert "where--past" not in now and "notice--past" not in now and "(today)" in now


def test_choosing_a_day_keeps_the_filters_and_drops_the_place_in_the_list(pages: Client) -> None:
    page = read(pages, "/?kind=village&kind=town&after=abc&on=2018-10-31")
    form = re.search(r'<form class="asof__pop.*?</form>', page, re.S)[0]  # type: ignore[index]
    assert re.findall(r'type="hidden" name="(\w+)" value="(\w+)"', form) == [
        ("kind", "village"),
        ("kind", "town"),
    ]
    assert 'href="?kind=village&amp;kind=town"' in form  # back to today


def test_the_page_speaks_chinese_unless_english_is_asked_for(pages: Client) -> None:
    assert '<html lang="zh-Hans">' in read(pages, "/", "fr")
    assert '<html lang="en">' in read(pages, "/", "en")


def test_chinese_names_are_marked_on_an_english_page_only(pages: Client) -> None:
    assert '<span lang="zh-Hans">上下文村</span>' in read(pages, "/", "en")
    assert '<span aria-current="page">上下文村</span>' in read(pages, "/", "zh-hans")


def test_the_language_switch_returns_to_the_same_page_and_day(pages: Client) -> None:
    assert 'name="next" value="/units/?on=2018-10-31"' in read(pages, "/units/?on=2018-10-31")
    answer = pages.post("/i18n/setlang/", {"language": "en", "next": "/units/?on=2018-10-31"})
    assert answer["location"] == "/units/?on=2018-10-31"
    assert '<html lang="en">' in pages.get("/").content.decode()


def test_the_frame_has_nothing_that_its_own_policy_forbids(pages: Client) -> None:
    answer = pages.get("/?on=2018-10-31")
    assert Addresses(answer.content.decode()).inline == []
    assert answer["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert "unsafe-inline" not in CONTENT_SECURITY_POLICY.replace("style-src-attr 'unsafe-inline'", "")
    assert answer["referrer-policy"] == "same-origin"


def test_the_current_walk_is_marked(pages: Client) -> None:
    assert re.findall(r'<a href="(\S+)" aria-current="true">', read(pages, "/")) == ["/territory/"]


def test_the_ribbon_is_there_for_the_sample_city_only(rf: RequestFactory) -> None:
    from django.template.loader import render_to_string

    assert "ribbon" in render_to_string("ui/ribbon.html")
    from gongjian.ui.context import page

    request = rf.get("/")
    assert page(request)["sample_city"] is False
    request.sample_city = True  # type: ignore[attr-defined]
    assert page(request)["sample_city"] is True


@pytest.mark.parametrize(("address", "status", "says"), [
    ("/nowhere/", 404, "There is nothing at this address"),
    ("/nowhere/?on=2018-10-31", 404, "It may not have existed on 2018-10-31"),
    ("/forbid/", 403, "You may not do this"),
    ("/refuse/", 400, "This is why."),
    ("/broken/", 500, "Something broke on our side"),
    ("/lost/", 503, "The database is away"),
])  # fmt: skip
def test_a_refusal_is_a_page_that_says_what_to_do(pages: Client, address: str, status: int, says: str) -> None:
    answer = pages.get(address, headers={"accept-language": "en"})
    assert (answer.status_code, says in answer.content.decode()) == (status, True)
    assert "Traceback" not in answer.content.decode()


def test_a_form_without_its_token_is_refused_with_a_way_on(pages: Client) -> None:
    strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
    answer = strict.post("/i18n/setlang/", {"language": "en"}, headers={"accept-language": "en"})
    assert answer.status_code == 403
    assert "This form has grown too old" in answer.content.decode()
