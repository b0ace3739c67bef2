"""The order of the house that imports alone do not show."""

import ast
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "gongjian"
FLOORS = [
    {"ui", "keys", "workdays"},
    {"accounts"},
    {"chronicle"},
    {"notices"},
    {"register"},
    {"asks"},
    {"indicators"},
    {"consistency", "gaps"},
    {"ballots", "programme"},
    {"activities", "contacts", "meetings", "pledges"},
    {"agreements", "telling"},
    {"activities", "contacts", "deeds", "meetings", "pledges"},
    {"selections", "telling"},
    {"appraisal"},
    {"telling"},
    {"appraisal", "reviews"},
    {"honours"},
    {"desk", "packs", "figures"},
    {"sample"},
    {"commands"},
]
FLOOR_OF = {name: height for height, names in enumerate(FLOORS) for name in names}
REASONS = ("slow:", "optional:", "app ready:")


def models_of_ours():
    return [model for model in apps.get_models() if model.__module__.startswith("gongjian.")]


def test_every_package_stands_on_a_floor():
    packages = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert packages == set(FLOOR_OF)


def test_foreign_keys_point_to_the_same_floor_or_a_lower_one():
    upward = [
        f"{model.__name__}.{field.name} → {field.related_model.__name__}"
        for model in models_of_ours()
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and field.related_model in models_of_ours()
        if FLOOR_OF[field.related_model._meta.app_label] > FLOOR_OF[model._meta.app_label]
    ]
    assert upward == []


def inline_imports(source: str) -> list[int]:
    """Lines of imports inside functions that give no reason from the list."""
    lines = source.splitlines()
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for inner in ast.walk(node):
                is_import = isinstance(inner, (ast.Import, ast.ImportFrom))
                if is_import and not any(reason in lines[inner.lineno - 1] for reason in REASONS):
                    found.append(inner.lineno)
    return sorted(set(found))


def test_imports_inside_functions_give_a_reason():
    guilty = [
        f"{path.relative_to(ROOT)}:{line}"
        for package in ("gongjian", "quotas", "rollup", "verivote")
        for path in sorted((ROOT / package).rglob("*.py"))
        for line in inline_imports(path.read_text(encoding="utf-8"))
    ]
    assert guilty == []


@pytest.mark.parametrize(
    "source, lines",
    [
        ("def f():\n    import json\n", [2]),
        ("def f():\n    import json  # slow: only for exports\n", []),
        ("import json\n", []),
    ],
)
def test_the_check_of_inline_imports_can_fail(source, lines):
    assert inline_imports(source) == lines
