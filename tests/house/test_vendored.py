"""Files of other projects: each is in VENDORED.toml with its licence, and is what the manifest says."""

import hashlib
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MANIFEST = tomllib.loads((ROOT / "VENDORED.toml").read_text())["file"]
FACTS = {"path", "package", "version", "licence", "licence_files", "sha256"}


def test_every_entry_tells_all_that_is_asked() -> None:
    assert {entry["path"]: set(entry) for entry in MANIFEST} == {entry["path"]: FACTS for entry in MANIFEST}


def test_every_file_is_the_one_in_the_manifest() -> None:
    found = {e["path"]: hashlib.sha256((ROOT / e["path"]).read_bytes()).hexdigest() for e in MANIFEST}
    assert found == {e["path"]: e["sha256"] for e in MANIFEST}


def test_every_licence_lies_beside_its_file() -> None:
    missing = [name for e in MANIFEST for name in e["licence_files"] if not (ROOT / name).is_file()]
    assert missing == []


def test_every_vendored_file_is_in_the_manifest() -> None:
    minified = [*ROOT.glob("gongjian/**/static/**/*.min.*"), *ROOT.glob("tests/vendor/*")]
    minified += [*ROOT.glob("gongjian/**/fonts/*"), *ROOT.glob("verivote/page/vendor/*")]
    listed = {e["path"] for e in MANIFEST} | {name for e in MANIFEST for name in e["licence_files"]}
    assert {str(path.relative_to(ROOT)) for path in minified} - listed == set()


def test_the_page_that_stands_alone_has_the_tokens_of_the_site() -> None:
    ours, theirs = ROOT / "verivote/page/tokens.css", ROOT / "gongjian/ui/static/ui/tokens.css"
    assert ours.read_bytes() == theirs.read_bytes()
