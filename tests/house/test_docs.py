"""Docs that could disagree with the code are read by a test."""

import re
from pathlib import Path

from django.apps import apps

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
# Bookkeeping of the installation, not terms of the field.
NOT_TERMS = {"packs.LoadedPack", "sample.SampleMark"}


def glossary_classes() -> list[str]:
    return re.findall(r"^\|[^|]+\|[^|]+\| `(\w+\.\w+)` \|", (DOCS / "glossary.md").read_text(encoding="utf-8"), re.M)


def test_every_model_stands_once_in_the_glossary():
    ours = {
        f"{model._meta.app_label}.{model.__name__}"
        for model in apps.get_models()
        if model.__module__.startswith("gongjian.")
    }
    named = glossary_classes()
    assert sorted(named) == sorted(ours - NOT_TERMS)


def test_every_link_between_pages_leads_somewhere():
    pages = [ROOT / "README.md", ROOT / "CHANGELOG.md", *DOCS.rglob("*.md")]
    broken = [
        f"{page.relative_to(ROOT)} → {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8"))
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert broken == []


def test_every_setting_from_the_environment_is_documented():
    sources = [
        ROOT / "gongjian" / "settings.py",
        ROOT / "gongjian" / "postgres.py",
        ROOT / "gongjian" / "cli.py",
    ]
    read = {name for path in sources for name in re.findall(r'"(GONGJIAN_\w+|DATABASE_URL)"', path.read_text("utf-8"))}
    told = set(re.findall(r"`(GONGJIAN_\w+|DATABASE_URL)`", (DOCS / "settings.md").read_text(encoding="utf-8")))
    assert read - told == set()


def test_every_decision_is_listed():
    listed = set(re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", (DOCS / "decisions" / "README.md").read_text("utf-8")))
    assert listed == {path.name for path in (DOCS / "decisions").glob("0*.md")}
