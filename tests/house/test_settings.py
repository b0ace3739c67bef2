"""The key that signs sessions: never a known one, made once, and only its owner's."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ImproperlyConfigured

from gongjian import settings


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


def test_the_key_of_this_run_is_not_written_in_the_source():
    source = (settings.ROOT / "gongjian" / "settings.py").read_text(encoding="utf-8")
    assert settings.SECRET_KEY not in source
