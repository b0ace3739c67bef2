"""The pages and the command line with a list of businesses."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from gongjian import cli
from gongjian.register.models import OfficeKind, Reconciliation

from .. import town as here
from .businesses import (
    CLOTH,
    CODES,
    COUNTY,
    MONTH,
    SECOND,
    SOCKS,
    firms,
    line,
    stretch,
    written,
)
from .lists import THEN


@pytest.fixture
def keeper(client, month):
    clerk = here.account("李样例")
    federation = here.body("绍兴市总工会", "union_federation", stretch("3306"), since=THEN)
    kind = OfficeKind.objects.filter(roles__permissions__contains=["keep_register"]).first()
    here.office(here.person("李样例", account=clerk), federation, kind.key, since=THEN)
    client.force_login(clerk)
    here.with_a_factor(client)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def send(keeper, lines, **more):
    file = SimpleUploadedFile("企业名录.csv", written(lines))
    typed = {"file": file, "as_of": SECOND.isoformat(), "kind": "firms", "within": stretch().pk}
    return keeper.post("/reconciliations/new/", typed | more, follow=True)


def test_a_list_is_sent_decided_and_written_on_the_pages(keeper):
    page = send(keeper, [each for each in MONTH if each is not CLOTH])
    found = Reconciliation.objects.latest("id")
    assert "the list has 3 rows, the register 4 employers there." in page.content.decode()
    at = f"/reconciliations/{found.pk}/"
    assert "is not in the list" in keeper.get(f"{at}settle/", follow=True).content.decode()
    keeper.post(f"{at}settle/1/decide/", {"decision": "accept", "version": "1"})
    keeper.post(f"{at}apply/")
    assert CLOTH[0] not in {each[0] for each in firms(SECOND)}
    assert "Closed" in keeper.get(at).content.decode()


def test_whose_businesses_they_are_must_be_said(keeper):
    page = send(keeper, MONTH, within="")
    assert page.status_code == 422
    assert "Say of which county or city the businesses are." in page.content.decode()


def test_the_findings_are_filtered_by_town(keeper):
    send(keeper, [each for each in MONTH if each not in (CLOTH, SOCKS)])
    found = Reconciliation.objects.latest("id")
    page = keeper.get(f"/reconciliations/{found.pk}/findings/?county=330681113").content.decode()
    assert CLOTH[0] in page
    assert SOCKS[0] not in page


def test_a_code_that_two_new_firms_claim_is_shown(keeper):
    send(keeper, [*MONTH, line("诸暨样例丙袜业有限公司", CODES[9]), line("诸暨样例丁袜业有限公司", CODES[9])])
    at = f"/reconciliations/{Reconciliation.objects.latest('id').pk}/"
    for page in (keeper.get(f"{at}findings/"), keeper.get(f"{at}settle/1/")):
        assert page.status_code == 200 and "is claimed by several rows" in page.content.decode()


def test_the_command_line_takes_a_list_of_businesses(month, tmp_path, capsys):
    path = tmp_path / "企业名录.csv"
    path.write_bytes(written([each for each in MONTH if each is not CLOTH]))
    words = ["register", "reconcile", str(path), "--kind", "firms", "--as-of", SECOND.isoformat(), "--json"]
    assert cli.main([*words, "--in", COUNTY, "--dry-run"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["findings"] == {
        "closed": {"sure": 0, "doubtful": 1, "unknown": 0},
        "unchanged": {"sure": 3, "doubtful": 0, "unknown": 0},
    }
    assert cli.main(words) != 0
    assert "--in CODE" in capsys.readouterr().err
