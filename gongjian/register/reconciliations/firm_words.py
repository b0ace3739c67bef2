"""What is found in a list of businesses, in words. Each kind of evidence of the engine has its sentence here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..reconcile.credit_codes import is_sound

Said = str | Promise

FIRM_EVIDENCE: dict[str, Said] = {
    "same_credit_code": gettext_lazy("It bears the same credit code, %(code)s."),
    "credit_code_unsound": gettext_lazy(
        "The credit code %(code)s cannot be right: its last character does not fit the others, or its length is wrong. "
        "It is not written into the register."
    ),
    "credit_code_missing": gettext_lazy("“%(name)s” stands in the list without a credit code."),
    "credit_code_one_slip": gettext_lazy(
        "The credit code %(code)s is one slip away from %(known_code)s, which is sound."
    ),
    "other_credit_code": gettext_lazy("Its credit code was %(old_code)s and would now be %(new_code)s."),
    "same_firm_name": gettext_lazy("It is called the same: “%(name)s”."),
    "other_firm_name": gettext_lazy("It was called “%(old_name)s” and is now called “%(new_name)s”."),
    "same_address": gettext_lazy("The address is the same: %(address)s."),
    "other_address": gettext_lazy("The address was %(old_address)s and is now %(new_address)s."),
    "address_learned": gettext_lazy("The register knows no address yet; the list gives %(address)s."),
    "other_place": gettext_lazy("It stood in “%(old_place)s” and is listed in “%(new_place)s”."),
    "place_narrower": gettext_lazy(
        "The list says more closely where it lies: it stood in “%(old_place)s” and is listed in “%(new_place)s”."
    ),
    "place_corrected": gettext_lazy(
        "At the same address it stood in “%(old_place)s” and is now listed in “%(new_place)s” of the same town. It has "
        "hardly moved; one of the two is wrong."
    ),
    "branch_of": gettext_lazy("“%(branch_name)s” bears the name of its head office, “%(head_name)s”."),
    "not_in_list": gettext_lazy("“%(name)s” is not in the list, neither by code nor by name and address."),
    "rows_with_code": gettext_lazy("Several rows bear the credit code %(code)s: %(names)s."),
    "rows_in_places": gettext_lazy("The credit code %(code)s stands under several places: %(places)s."),
    "claimed_by_known": gettext_lazy("In the register, “%(name)s” is the employer in question."),
    "place_not_known": gettext_lazy(
        "“%(place)s” is not known, or several places are called so. It is taken as “%(instead)s”."
    ),
    "place_by_address": gettext_lazy("Its address, %(address)s, tells that it lies in “%(place)s”."),
}  # fmt: skip
# One side may have no code at all.
CODE_LEARNED = gettext_lazy("The register knows no credit code yet; the list gives %(new_code)s.")
CODE_LEFT_OUT = gettext_lazy("The list leaves out its credit code; the register keeps %(old_code)s.")

FIRM_HAPPENED: dict[str, Said] = {
    "unchanged": gettext_lazy("Unchanged"),
    "renamed": gettext_lazy("Renamed"),
    "recoded": gettext_lazy("Other code"),
    "mistyped": gettext_lazy("Code mistyped"),
    "moved": gettext_lazy("Has moved"),
    "closed": gettext_lazy("Closed down"),
    "new": gettext_lazy("New"),
    "branch_opened": gettext_lazy("New branch"),
    "claimed_twice": gettext_lazy("Claimed twice"),
}
FIRM_SHAPES = {
    "unchanged": "s-done", "renamed": "l-rename", "recoded": "l-rename", "mistyped": "l-rename", "moved": "l-move",
    "closed": "s-stop", "new": "plus", "branch_opened": "plus", "claimed_twice": "l-split",
}  # fmt: skip


class Side(Protocol):
    """One side of a finding: a firm as the register or the list has it."""

    @property
    def name(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def within(self) -> str: ...
    @property
    def address(self) -> str: ...


def firm_sentence(kind: str, gaps: Mapping[str, Any]) -> str:
    said = FIRM_EVIDENCE[kind]
    if kind == "other_credit_code" and not gaps["old_code"]:
        said = CODE_LEARNED
    elif kind == "other_credit_code" and not gaps["new_code"]:
        said = CODE_LEFT_OUT
    return str(said) % gaps


def told_of_firm(happened: str, old: Sequence[Side], new: Sequence[Side]) -> str:
    """What would have happened, as one sentence."""
    a, b = (old[0] if old else None), (new[0] if new else None)
    gaps = {
        "old": a.name if a else "", "new": b.name if b else "",
        "others": "、".join(f"“{each.name}”" for each in new[1:]),
        "old_code": a.code if a else "", "new_code": b.code if b else "",
        "new_address": b.address if b else "",
        "old_place": (a.within if a else "") or "–", "new_place": (b.within if b else "") or "–",
    }  # fmt: skip
    return _said(happened, gaps, len(new)) % gaps


def _said(happened: str, gaps: Mapping[str, str], rows: int) -> str:
    if happened == "claimed_twice":
        return _("The credit code %(new_code)s is claimed by several rows: “%(new)s” and %(others)s.")
    if rows > 1 and happened == "new":
        return _("“%(new)s” in “%(new_place)s” is new with the code %(new_code)s; %(others)s is new without a code.")
    if rows > 1:
        return _("“%(new)s” in “%(new_place)s” bears the code %(new_code)s; %(others)s is new without a code.")
    match happened:
        case "recoded" | "mistyped":
            return _of_its_code(gaps)
        case "closed" if rows:
            return _("“%(old)s” was closed, and “%(new)s” with the code %(new_code)s is another, new one.")
        case "moved" if gaps["old_place"] == gaps["new_place"] and gaps["new_address"]:
            return _("“%(old)s” has moved within “%(new_place)s”, to %(new_address)s.")
        case _:
            return str(SENTENCES[happened])


def _of_its_code(gaps: Mapping[str, str]) -> str:
    """Which of the two codes is corrected, if any: an unsound one is never written."""
    if not gaps["new_code"]:
        return _("“%(old)s” stands in the list without its credit code; the register keeps %(old_code)s.")
    if not is_sound(gaps["new_code"]):
        return _("The list has a wrong credit code for “%(old)s”, %(new_code)s; the register keeps %(old_code)s.")
    if not gaps["old_code"]:
        return _("“%(old)s” had no credit code in the register; the list gives %(new_code)s.")
    if not is_sound(gaps["old_code"]):
        return _("The register had a wrong credit code for “%(old)s”, %(old_code)s; it is corrected to %(new_code)s.")
    return _("“%(old)s” has another credit code: %(old_code)s became %(new_code)s.")


SENTENCES: dict[str, Said] = {
    "unchanged": gettext_lazy("“%(old)s” goes on as it was."),
    "told_more": gettext_lazy("“%(old)s” goes on; the list tells more of it."),
    "renamed": gettext_lazy("“%(old)s” is now called “%(new)s”."),
    "moved": gettext_lazy("“%(old)s” has moved, from “%(old_place)s” to “%(new_place)s”."),
    "closed": gettext_lazy("“%(old)s” has closed down."),
    "new": gettext_lazy("“%(new)s” in “%(new_place)s” is new."),
    "branch_opened": gettext_lazy("“%(new)s” in “%(new_place)s” is a new branch."),
}
