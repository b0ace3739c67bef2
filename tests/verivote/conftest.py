"""Whatever is told says all that its sentence has gaps for."""

from __future__ import annotations

import pytest

from verivote.errors import VerivoteError
from verivote.verify import Check


@pytest.fixture(autouse=True)
def whole_sentences(monkeypatch):
    """No error and no failed check leaves out a fact."""
    begin = VerivoteError.__init__

    def begun(self, code, **facts):
        missing = [name for name, value in facts.items() if "None" in str(value)]
        assert not missing, f"{code} does not say {missing}"
        begin(self, code, **facts)

    monkeypatch.setattr(VerivoteError, "__init__", begun)


def said(checks: list[Check], language: str = "en") -> list[str]:
    """Every check in a sentence; fails where one has a gap left."""
    sentences = [check.sentence(language) for check in checks]
    assert not [each for each in sentences if "{" in each or "None" in each]
    return sentences
