"""Cuts Noto Serif CJK SC down to what minutes of a meeting are written in: GB 2312, its signs, Latin, punctuation.

    python scripts/font.py NotoSerifCJKsc-Regular.otf

The whole font is under the SIL Open Font License 1.1, and so is the part; it bears another name, so that it is never
taken for the whole one where both are installed. Afterwards put the new sha256 into VENDORED.toml.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parent.parent
MADE = ROOT / "gongjian" / "meetings" / "fonts" / "GongjianSong-Regular.otf"
FAMILY = "Gongjian Song"
RANGES = ((0x20, 0x7F), (0xA0, 0x180), (0x2010, 0x2040), (0x2460, 0x2474), (0x3000, 0x3020), (0xFF01, 0xFF5F))
NAMES = {1: FAMILY, 3: f"{FAMILY} 1", 4: f"{FAMILY} Regular", 6: "GongjianSong-Regular", 16: FAMILY}


def written() -> set[int]:
    """Every sign of GB 2312, and some ranges beside it."""
    found = {sign for first, end in RANGES for sign in range(first, end)}
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            try:
                found.add(ord(bytes((row, cell)).decode("gb2312")))
            except UnicodeDecodeError:
                continue
    return found


def cut(whole: Path, made: Path = MADE) -> str:
    """Write the part; returns its sha256."""
    options = subset.Options(layout_features=["kern", "palt", "halt", "vert"], name_IDs=["*"], name_languages=[0x409])
    options.hinting, options.desubroutinize, options.notdef_outline = False, False, True
    font = TTFont(whole, recalcTimestamp=False)
    part = subset.Subsetter(options)
    part.populate(unicodes=written())
    part.subset(font)
    for number, name in NAMES.items():
        font["name"].setName(name, number, 3, 1, 0x409)
    cff = font["CFF "].cff
    cff.fontNames = ["GongjianSong-Regular"]
    top = cff.topDictIndex[0]
    top.FamilyName, top.FullName = FAMILY, f"{FAMILY} Regular"
    made.parent.mkdir(exist_ok=True)
    font.save(made)
    return hashlib.sha256(made.read_bytes()).hexdigest()


if __name__ == "__main__":
    print(cut(Path(sys.argv[1])), MADE.stat().st_size)
