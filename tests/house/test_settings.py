"""The key that signs sessions: never a known one, made once, and only its owner's."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings
from django.utils import translation

from gongjian import settings
from gongjian.keys.ring import Ring


def test_a_key_is_made_once_and_only_its_owner_reads_it(tmp_path):
    path = tmp_path / "share" / "home" / "secret-key"
    key = settings._kept_secret(path)
    assert len(key) > 50 and settings._kept_secret(path) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(path.parent) == ["secret-key"]
    assert settings._kept_secret(tmp_path / "other" / "secret-key") != key


def test_processes_that_start_at_once_sign_with_the_same_key(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(settings._kept_secret, [tmp_path / "home" / "secret-key"] * 8))
    assert len(set(keys)) == 1


def test_a_home_that_cannot_be_written_says_what_to_do(tmp_path):
    (tmp_path / "home").write_text("a file where the folder should be")
    with pytest.raises(ImproperlyConfigured, match="GONGJIAN_SECRET_KEY"):
        settings._kept_secret(tmp_path / "home" / "secret-key")


def test_live_without_a_key_does_not_start(monkeypatch):
    monkeypatch.delenv("GONGJIAN_SECRET_KEY", raising=False)
    monkeypatch.setattr(settings, "LIVE", True)
    with pytest.raises(ImproperlyConfigured, match="GONGJIAN_SECRET_KEY"):
        settings._secret()


def test_live_without_a_key_ring_does_not_start(monkeypatch):
    monkeypatch.delenv("GONGJIAN_KEYS", raising=False)
    monkeypatch.setattr(settings, "LIVE", True)
    with pytest.raises(ImproperlyConfigured, match="GONGJIAN_KEYS is not set"):
        settings._keys()


def test_at_home_a_key_ring_is_made_once_and_only_its_owner_reads_it(monkeypatch, tmp_path):
    monkeypatch.delenv("GONGJIAN_KEYS", raising=False)
    monkeypatch.setattr(settings, "KEYS_FILE", tmp_path / "home" / "keys")
    assert settings._keys() == ""
    text = settings.KEYS_FILE.read_text()
    assert settings._keys() == "" and settings.KEYS_FILE.read_text() == text
    assert len(Ring.read(text).sealing) == len(Ring.read(text).signing) == 1
    assert stat.S_IMODE(settings.KEYS_FILE.stat().st_mode) == 0o600


def test_the_key_ring_of_the_environment_stands_before_the_file(monkeypatch):
    monkeypatch.setenv("GONGJIAN_KEYS", " 2026a:x ")
    assert settings._keys() == "2026a:x"


def test_a_broken_key_ring_is_told_at_the_start():
    """`ready` of the chronicle reads the ring."""
    django_settings = override_settings(KEYS="2026a:x")
    with (
        translation.override("en"),
        django_settings,
        pytest.raises(ImproperlyConfigured, match="“2026a” of the key ring is not 32 bytes"),
    ):
        apps.get_app_config("chronicle").ready()


def test_the_key_of_this_run_is_not_written_in_the_source():
    source = (settings.ROOT / "gongjian" / "settings.py").read_text(encoding="utf-8")
    assert settings.SECRET_KEY not in source


@pytest.mark.parametrize("given, days", [("", 1096), ("730", 730), (" 30 ", 30)])
def test_people_who_have_left_are_kept_for_a_number_of_days(monkeypatch, given, days):
    monkeypatch.setenv("GONGJIAN_KEEP_PEOPLE_DAYS", given)
    assert settings._days("GONGJIAN_KEEP_PEOPLE_DAYS", 1096) == days


@pytest.mark.parametrize("given", ["three years", "-1", "29", "1.5", "٣٦٥", "99999999"])
def test_a_number_of_days_that_is_none_is_told_at_the_start(monkeypatch, given):
    monkeypatch.setenv("GONGJIAN_KEEP_PEOPLE_DAYS", given)
    with pytest.raises(ImproperlyConfigured, match="Write a number of days"):
        settings._days("GONGJIAN_KEEP_PEOPLE_DAYS", 1096)
