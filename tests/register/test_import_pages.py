"""The import pages: from a file sent to an import taken back, and who is refused on the way."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import DjangoAssertNumQueries

from gongjian.accounts.models import User
from gongjian.register.import_forms import _plain
from gongjian.register.imports.columns import FIELDS
from gongjian.register.imports.staging import ALIVE
from gongjian.register.models import ImportDraft, UnitEntry
from gongjian.register.tasks import apply_draft, preflight_draft, undo_draft
from gongjian.register.views import imports as pages

from .town import Town
from .town import unit as make_unit

HEADINGS = "所属村社,单位名称,单位类别,职工总数\n"
SOUND = "大唐街道,新样例企业{0:03},企业,{0}\n"
GOOD = HEADINGS + SOUND.format(1) + SOUND.format(2)
MIXED = HEADINGS + SOUND.format(1) + "大唐街道,坏样例企业,企业,一百二十\n" + SOUND.format(2)


@pytest.fixture(autouse=True)
def uploads(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def clerk(organiser: User, signed_in: Callable[[User], Client]) -> Client:
    client = signed_in(organiser)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def send(client: Client, text: str | bytes, name: str = "三月.csv", **more: str) -> HttpResponse:
    content = text.encode() if isinstance(text, str) else text
    return client.post(
        reverse("import-new"), {"file": SimpleUploadedFile(name, content), "as_of": "2026-03-17", **more}
    )


def columns(draft: ImportDraft) -> dict[str, str]:
    return {f"column-{column}": key for column, key in draft.mapping.items()}


def checked(client: Client, text: str) -> ImportDraft:
    """A file sent and checked, its columns taken as guessed."""
    send(client, text)
    draft = ImportDraft.objects.latest("id")
    client.post(reverse("import-mapping", args=[draft.pk]), columns(draft))
    draft.refresh_from_db()
    return draft


def read(client: Client, name: str, *args: int, **query: str) -> str:
    """The words of a page, without its markup."""
    page = client.get(reverse(name, args=args), query, follow=True).content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    main = re.sub(r'<span lang="zh-Hans">([^<]*)</span>', r"\1", main)
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def state_of(draft: ImportDraft) -> str:
    return ImportDraft.objects.get(pk=draft.pk).state


def units_named(start: str) -> set[str]:
    return set(UnitEntry.objects.filter(name__startswith=start).values_list("name", flat=True))


# == who may ==
ADDRESSES = [
    ("imports", False),
    ("import-new", False),
    ("import", True),
    ("import-job", True),
    ("import-mapping", True),
    ("import-check", True),
    ("import-apply", True),
    ("import-undo", True),
    ("import-problems", True),
    ("import-delete", True),
]


def test_for_whoever_may_not_change_the_register_the_pages_do_not_exist(
    clerk: Client, town: Town, signed_in: Callable[[User], Client]
) -> None:
    draft = checked(clerk, GOOD)
    addresses = [reverse(name, args=[draft.pk] if is_of_a_draft else []) for name, is_of_a_draft in ADDRESSES]
    for account in (town.secretary, town.inspector, town.stranger):
        client = signed_in(account)
        assert {(at, client.get(at).status_code, client.post(at).status_code) for at in addresses} == {
            (at, 404, 404) for at in addresses
        }
    assert {Client().get(at).status_code for at in addresses} == {302}
    assert state_of(draft) == "checked"


@pytest.mark.parametrize("name", ["import-check", "import-apply", "import-delete"])
def test_nothing_is_written_by_merely_opening_an_address(name: str, clerk: Client) -> None:
    draft = checked(clerk, GOOD)
    assert clerk.get(reverse(name, args=[draft.pk])).status_code == 405
    assert state_of(draft) == "checked"


def test_a_form_from_elsewhere_is_refused(organiser: User, clerk: Client) -> None:
    draft = checked(clerk, GOOD)
    stranger_site = Client(enforce_csrf_checks=True)
    stranger_site.force_login(organiser)
    assert stranger_site.post(reverse("import-apply", args=[draft.pk])).status_code == 403
    assert units_named("新样例企业") == set()


def test_an_unknown_draft_is_not_found(clerk: Client) -> None:
    assert clerk.get(reverse("import", args=[12345])).status_code == 404


# == the list, and a new file ==
def test_an_empty_list_says_what_to_do(clerk: Client) -> None:
    page = read(clerk, "imports")
    assert "Nothing has been imported yet" in page and "Send and look at the columns" in page


def test_the_list_asks_as_often_for_three_files_as_for_one(
    clerk: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    address = reverse("imports")
    for written, more in ((1, 3), (3, 5)):
        while ImportDraft.objects.count() < written:
            draft = checked(clerk, GOOD + SOUND.format(more + ImportDraft.objects.count()))
            clerk.post(reverse("import-apply", args=[draft.pk]))
        clerk.get(address)
        with django_assert_num_queries(7):
            assert clerk.get(address).content.decode().count("三月.csv") == written


@pytest.mark.parametrize("kind", ["units", "bodies"])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_an_empty_workbook_is_understood_when_it_comes_back(kind: str, language: str, clerk: Client) -> None:
    answer = clerk.get(reverse("import-template", args=[kind]), headers={"accept-language": language})
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert len(list(openpyxl.load_workbook(BytesIO(content)).active.rows)) == 2  # type: ignore[union-attr]
    send(clerk, content, name="leer.xlsx")
    draft = ImportDraft.objects.get()
    assert draft.kind == kind
    assert list(draft.mapping.values()) == [field.key for field in FIELDS[kind]]  # type: ignore[index]


def test_there_is_no_empty_workbook_of_anything_else(clerk: Client) -> None:
    assert clerk.get(reverse("import-template", args=["people"])).status_code == 404


def test_a_form_without_a_file_is_sent_back_with_what_was_typed(clerk: Client) -> None:
    answer = clerk.post(reverse("import-new"), {"kind": "bodies", "as_of": "2020-02-31"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "No file is chosen" in page and "This is not a day" in page and 'value="2020-02-31"' in page
    assert '<option value="bodies" selected>' in page


def test_a_file_that_is_no_table_is_refused_with_a_sentence(clerk: Client) -> None:
    answer = send(clerk, b"PK\x03\x04 not a workbook", name="broken.xlsx")
    assert answer.status_code == 422 and "The file is damaged" in answer.content.decode()
    assert not ImportDraft.objects.exists()


def test_a_file_whose_headings_do_not_tell_is_kept_and_asked_about(clerk: Client) -> None:
    answer = send(clerk, "甲,乙\n大唐街道,丙\n大唐街道,丁\n")
    draft = ImportDraft.objects.get()
    assert answer["Location"] == reverse("import-mapping", args=[draft.pk])
    page = read(clerk, "import-mapping", draft.pk)
    assert "do not tell whether the file lists units or organisations" in page and "No, it lists: Organisations" in page


def test_the_same_file_sent_twice_is_one_draft(clerk: Client) -> None:
    draft = checked(clerk, MIXED)
    clerk.post(reverse("import-row", args=[draft.pk, 3]), {"staff": "120"})
    assert send(clerk, MIXED)["Location"] == reverse("import", args=[draft.pk])
    assert ImportDraft.objects.get().mended == {"3": {"staff": "120"}}
    assert "You have sent this very file already" in read(clerk, "import", draft.pk)


def test_a_file_imported_before_is_taken_with_a_word_about_it(clerk: Client) -> None:
    draft = checked(clerk, GOOD)
    clerk.post(reverse("import-apply", args=[draft.pk]))
    again = checked(clerk, GOOD)
    assert again.pk != draft.pk
    page = read(clerk, "import", again.pk)
    assert "The same file was imported at" in page and "Nothing to import" in page


# == columns ==
def test_columns_show_their_first_values_and_the_guess(clerk: Client) -> None:
    send(clerk, GOOD)
    draft = ImportDraft.objects.get()
    page = clerk.get(reverse("import-mapping", args=[draft.pk])).content.decode()
    assert page.count(" selected>") == 4 and '<code><span lang="zh-Hans">新样例企业001</span></code>' in page
    assert '<option value="parent_name" selected>' in page


def test_a_name_that_no_column_holds_is_said(clerk: Client) -> None:
    send(clerk, "单位代码,职工总数\n330681005,12\n")
    draft = ImportDraft.objects.get()
    assert "No column is given as “Name of the unit”" in read(clerk, "import-mapping", draft.pk)


def test_two_columns_for_one_thing_are_refused_and_the_choice_is_kept(clerk: Client) -> None:
    send(clerk, GOOD)
    draft = ImportDraft.objects.get()
    answer = clerk.post(reverse("import-mapping", args=[draft.pk]), columns(draft) | {"column-0": "name"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "Two columns are given as" in page
    assert page.count('<option value="name" selected>') == 2


def test_a_correction_of_the_guess_is_kept(clerk: Client) -> None:
    send(clerk, GOOD)
    draft = ImportDraft.objects.get()
    clerk.post(reverse("import-mapping", args=[draft.pk]), columns(draft) | {"column-3": "women"})
    draft.refresh_from_db()
    assert (draft.state, draft.mapping["3"]) == ("checked", "women")


def test_a_file_taken_for_the_wrong_kind_is_turned_round(clerk: Client) -> None:
    send(clerk, GOOD)
    draft = ImportDraft.objects.get()
    answer = clerk.post(reverse("import-mapping", args=[draft.pk]), {"kind": "bodies"})
    turned = ImportDraft.objects.get()
    assert (turned.kind, turned.filename) == ("bodies", "三月.csv")
    assert answer["Location"] == reverse("import-mapping", args=[turned.pk])


# == findings ==
def test_the_findings_lead_with_what_was_found_and_nothing_is_written(clerk: Client) -> None:
    draft = checked(clerk, MIXED)
    page = read(clerk, "import", draft.pk)
    assert "Of 3 rows 2 can be imported; rows to mend: 1" in page
    assert "Row 3 职工总数 一百二十" in page and "Import 2 rows now" in page and "Only" not in page
    assert units_named("新样例企业") == set()


def test_a_sound_file_says_so(clerk: Client) -> None:
    page = read(clerk, "import", checked(clerk, GOOD).pk)
    assert "All 2 rows can be imported" in page and "Import 2 rows" in page and "What to mend" not in page


def test_many_problems_are_paged_and_cost_no_more_queries(
    clerk: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    wrong = "大唐街道,坏样例企业{0},企业,很多\n"
    few = checked(clerk, HEADINGS + wrong.format(1))
    many = checked(clerk, HEADINGS + "".join(wrong.format(number) for number in range(60)))
    clerk.get(reverse("import", args=[few.pk]))
    for draft in (few, many):
        with django_assert_num_queries(12):
            page = clerk.get(reverse("import", args=[draft.pk])).content.decode()
    assert page.count("<tbody id=") == 50
    following = re.search(r'rel="next" href="([^"]+)"', page)[1].replace("&amp;", "&")  # type: ignore[index]
    assert clerk.get(reverse("import", args=[many.pk]) + following).content.decode().count("<tbody id=") == 10


def test_the_file_comes_back_with_a_column_of_problems(clerk: Client) -> None:
    draft = checked(clerk, MIXED)
    answer = clerk.get(reverse("import-problems", args=[draft.pk]))
    sheet = openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content))).active  # type: ignore[attr-defined]
    assert "is not a number" in str([cell.value for row in sheet.iter_rows() for cell in row])  # type: ignore[union-attr]


# == mending ==
def test_a_cell_is_mended_without_script(clerk: Client) -> None:
    draft = checked(clerk, MIXED)
    answer = clerk.post(reverse("import-row", args=[draft.pk, 3]), {"staff": "120"})
    assert answer["Location"] == reverse("import", args=[draft.pk])
    page = read(clerk, "import", draft.pk)
    assert "Row 3 is in order." in page and "All 3 rows can be imported" in page


def test_a_cell_mended_by_script_brings_the_row_and_the_new_findings(clerk: Client) -> None:
    draft = checked(clerk, MIXED)
    address = reverse("import-row", args=[draft.pk, 3])
    worse = clerk.post(address, {"staff": "viele"}, headers={"hx-request": "true"}).content.decode()
    assert "“viele” is not a number" in worse and "Something in row 3 is still wrong." in worse
    better = clerk.post(address, {"staff": "120"}, headers={"hx-request": "true"}).content.decode()
    assert 'id="row-3"' in better and "In order now" in better
    assert 'id="import-findings" hx-swap-oob="true"' in better and "All 3 rows can be imported" in better


def test_the_whole_row_can_be_mended_on_a_page_of_its_own(clerk: Client) -> None:
    draft = checked(clerk, MIXED)
    address = reverse("import-row", args=[draft.pk, 3])
    page = clerk.get(address).content.decode()
    assert 'name="name" value="坏样例企业"' in page and 'name="staff" value="一百二十"' in page
    assert 'name="kind" value="Enterprise"' in page
    typed = {"whole": "1", "name": "好样例企业", "staff": "viele", "parent_name": "大唐街道", "kind": "企业"}
    assert clerk.post(address, typed).status_code == 422
    assert clerk.post(address, typed | {"staff": "120"}).status_code == 302
    clerk.post(reverse("import-apply", args=[draft.pk]))
    assert units_named("好样例企业") == {"好样例企业"}


def test_a_row_that_is_not_in_the_file_is_not_found(clerk: Client) -> None:
    address = reverse("import-row", args=[checked(clerk, MIXED).pk, 99])
    assert (clerk.get(address).status_code, clerk.post(address, {"staff": "1"}).status_code) == (404, 404)


# == writing ==
def test_the_sound_rows_are_written_and_the_others_stay(clerk: Client) -> None:
    draft = checked(clerk, MIXED)
    clerk.post(reverse("import-apply", args=[draft.pk]))
    assert units_named("新样例企业") == {"新样例企业001", "新样例企业002"} and units_named("坏") == set()
    page = read(clerk, "import", draft.pk)
    assert "Rows written into the register: 2" in page and "can be taken back until" in page
    assert "Rows left to mend: 1" in page and "Among them: 新样例企业001 新样例企业002" in page


def test_all_or_nothing_writes_nothing_while_a_row_is_wrong(clerk: Client) -> None:
    draft = checked(clerk, MIXED)
    clerk.post(reverse("import-apply", args=[draft.pk]), {"all_or_nothing": "1"})
    assert units_named("新样例企业") == set() and state_of(draft) == "checked"
    assert "Nothing was written: 1 rows still have problems" in read(clerk, "import", draft.pk)


def test_a_second_click_writes_nothing_twice(clerk: Client) -> None:
    draft = checked(clerk, GOOD)
    for _click in range(2):
        clerk.post(reverse("import-apply", args=[draft.pk]))
    assert UnitEntry.objects.filter(name__startswith="新样例企业").count() == 2
    assert "This has been done already" in read(clerk, "import", draft.pk)


def test_rows_mended_after_the_import_are_written_later_and_taken_back_together(clerk: Client) -> None:
    draft = checked(clerk, MIXED)
    clerk.post(reverse("import-apply", args=[draft.pk]))
    clerk.post(reverse("import-row", args=[draft.pk, 3]), {"staff": "120"})
    page = read(clerk, "import", draft.pk)
    assert "Other rows of this file are in the register already" in page and "All 1 rows" not in page
    clerk.post(reverse("import-apply", args=[draft.pk]))
    assert units_named("坏样例企业") == {"坏样例企业"}
    assert "New 3" in read(clerk, "import-undo", draft.pk)
    clerk.post(reverse("import-undo", args=[draft.pk]))
    assert units_named("坏") | units_named("新样例企业") == set()


@pytest.mark.django_db(transaction=True)
def test_while_somebody_else_works_on_the_file_a_sentence_says_so(clerk: Client) -> None:
    draft = checked(clerk, GOOD)
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as other:  # type: ignore[attr-defined]
        other.execute("SELECT pg_advisory_lock(%s, %s)", [ALIVE, draft.pk])
        clerk.post(reverse("import-apply", args=[draft.pk]))
        assert "Somebody is working on this file just now" in read(clerk, "import", draft.pk)
    assert units_named("新样例企业") == set()


# == jobs ==
@pytest.mark.django_db(transaction=True)  # a task looks after its own connection
def test_a_large_file_is_checked_and_written_by_the_worker(clerk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "SMALL_FILE", 0)
    monkeypatch.setattr(pages, "SMALL_ROWS", 0)
    draft = checked(clerk, GOOD)
    clerk.post(reverse("import-check", args=[draft.pk]))
    jobs = ProcrastinateJob.objects.filter(args__draft_id=draft.pk)  # of this draft: a flush leaves older jobs
    assert jobs.get().task_name == preflight_draft.name
    page = read(clerk, "import", draft.pk)
    assert "Checking the rows" in page and "The worker is not running" in page and "gongjian serve" in page
    _work(preflight_draft, draft_id=draft.pk)
    assert "The rows are checked." in clerk.get(reverse("import-job", args=[draft.pk])).content.decode()

    for _click in range(2):
        clerk.post(reverse("import-apply", args=[draft.pk]))
    assert jobs.get(status="todo").task_name == apply_draft.name
    assert "Writing into the register" in read(clerk, "import", draft.pk)
    _work(apply_draft, draft_id=draft.pk, by_id=draft.by_id)
    assert units_named("新样例企业") == {"新样例企业001", "新样例企业002"}
    assert "The rows are in the register." in clerk.get(reverse("import-job", args=[draft.pk])).content.decode()


def _work(task: Any, **given: Any) -> None:
    """What the worker does with the job that waits."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE status = 'todo'")
        task.func(**given)
        cursor.execute("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE status = 'doing'")


def test_a_living_worker_is_waited_for(clerk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "SMALL_FILE", 0)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")
    page = read(clerk, "import", checked(clerk, GOOD).pk)
    assert "Waits for its turn" in page and "worker is not running" not in page


@pytest.mark.django_db(transaction=True)  # a task looks after its own connection
def test_what_the_worker_was_refused_is_told(clerk: Client) -> None:
    draft = checked(clerk, MIXED)
    apply_draft.func(draft_id=draft.pk, by_id=draft.by_id, all_or_nothing=True)
    assert "The rows were not written" in read(clerk, "import", draft.pk)
    assert "Nothing was written: 1 rows" in clerk.get(reverse("import-job", args=[draft.pk])).content.decode()


# == taking back ==
def test_an_import_is_taken_back_after_one_look_at_what_goes(clerk: Client) -> None:
    draft = checked(clerk, GOOD)
    clerk.post(reverse("import-apply", args=[draft.pk]))
    assert "What is taken back Rows New 2" in read(clerk, "import-undo", draft.pk)
    assert units_named("新样例企业") == {"新样例企业001", "新样例企业002"}
    for _click in range(2):
        clerk.post(reverse("import-undo", args=[draft.pk]))
    assert units_named("新样例企业") == set() and state_of(draft) == "undone"
    assert "The import is taken back" in read(clerk, "import", draft.pk)


def test_an_import_on_which_later_work_stands_names_that_work(clerk: Client, town: Town) -> None:
    draft = checked(clerk, "所属村社,单位名称,单位类别\n大唐街道,新样例大厦,商务楼宇\n")
    clerk.post(reverse("import-apply", args=[draft.pk]))
    built = UnitEntry.objects.get(name="新样例大厦")
    make_unit("后来企业", "enterprise", built.unit, since=town.today)
    page = read(clerk, "import-undo", draft.pk)
    assert "“后来企业” stands in “新样例大厦”." in page and "Take it back" not in page
    clerk.post(reverse("import-undo", args=[draft.pk]))
    assert units_named("新样例大厦") == {"新样例大厦"} and state_of(draft) == "applied"


@pytest.mark.django_db(transaction=True)  # a task looks after its own connection
def test_a_large_import_is_taken_back_by_the_worker(clerk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = checked(clerk, GOOD)
    clerk.post(reverse("import-apply", args=[draft.pk]))
    monkeypatch.setattr(pages, "SMALL_ROWS", 1)
    for _click in range(2):
        clerk.post(reverse("import-undo", args=[draft.pk]))
    jobs = ProcrastinateJob.objects.filter(args__draft_id=draft.pk)
    assert jobs.get().task_name == undo_draft.name
    page = read(clerk, "import", draft.pk)
    assert "Taking the import back" in page and "The worker is not running" in page
    assert "Taking the import back" in read(clerk, "import-undo", draft.pk)  # there is nothing to press meanwhile
    _work(undo_draft, draft_id=draft.pk, by_id=draft.by_id)
    assert units_named("新样例企业") == set() and state_of(draft) == "undone"
    assert "The import is taken back" in clerk.get(reverse("import-job", args=[draft.pk])).content.decode()
    undo_draft.func(draft_id=draft.pk, by_id=draft.by_id)  # tried again, it leaves things as they are
    assert state_of(draft) == "undone"


@pytest.mark.django_db(transaction=True)  # a task looks after its own connection
def test_what_stands_on_a_large_import_is_told_when_the_worker_finds_it(clerk: Client, town: Town) -> None:
    draft = checked(clerk, "所属村社,单位名称,单位类别\n大唐街道,新样例大厦,商务楼宇\n")
    clerk.post(reverse("import-apply", args=[draft.pk]))
    make_unit("后来企业", "enterprise", UnitEntry.objects.get(name="新样例大厦").unit, since=town.today)
    undo_draft.func(draft_id=draft.pk, by_id=draft.by_id)
    page = read(clerk, "import", draft.pk)
    assert "The import was not taken back" in page and "“后来企业” stands in “新样例大厦”." in page
    assert "后来企业" in clerk.get(reverse("import-job", args=[draft.pk])).content.decode()


# == throwing away ==
def test_a_file_never_written_can_be_thrown_away(clerk: Client) -> None:
    draft = checked(clerk, MIXED)
    path = Path(draft.file.path)
    clerk.post(reverse("import-delete", args=[draft.pk]))
    assert not ImportDraft.objects.exists() and not path.exists()
    assert "is thrown away" in read(clerk, "imports")


def test_a_file_once_written_is_kept(clerk: Client) -> None:
    draft = checked(clerk, MIXED)
    clerk.post(reverse("import-apply", args=[draft.pk]))
    clerk.post(reverse("import-check", args=[draft.pk]))
    clerk.post(reverse("import-delete", args=[draft.pk]))
    assert "so it is kept" in read(clerk, "import", draft.pk)


def test_a_cell_full_of_brackets_is_shown_as_it_was_typed() -> None:
    assert _plain("[" * 100_000) == "[" * 100_000
    assert _plain('["甲","乙"]') == "甲、乙"
