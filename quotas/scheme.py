"""A scheme of appraisal: grades from best to worst, weights, bands, quotas, and what becomes of those who are level."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any, Literal, NamedTuple, TypeAlias, get_args

from .faults import Fault, exact

Rounding: TypeAlias = Literal["down", "up", "half_up"]
Ties: TypeAlias = Literal["below", "up", "draw"]
Over: TypeAlias = Literal["class", "all"]
WAYS = {"down": ROUND_FLOOR, "up": ROUND_CEILING, "half_up": ROUND_HALF_UP}
WHOLE = Decimal(100)


@dataclass(frozen=True)
class Quota:
    """How many may or must have a grade: in each class, in one class (`only`), or over all classes together.

    Shares are in hundredths of the bodies of the class. Where number and share are given, the narrower one holds. What
    a share comes to is rounded as named: unless said otherwise never above the most, never below the least.
    """

    grade: str
    most: int | None = None
    most_share: Decimal | None = None
    least: int | None = None
    least_share: Decimal | None = None
    over: Over = "class"
    only: str = ""
    round_most: Rounding = "down"
    round_least: Rounding = "up"

    def places(self, bodies: int) -> Places:
        """The least and the most of so many bodies; the most is None where nothing bounds it."""
        mosts = [] if self.most is None else [self.most]
        if self.most_share is not None:
            mosts.append(_rounded(self.most_share * bodies / WHOLE, self.round_most))
        leasts = [0] if self.least is None else [self.least]
        if self.least_share is not None:
            leasts.append(_rounded(self.least_share * bodies / WHOLE, self.round_least))
        return Places(max(leasts), min(mosts, default=None))


class Places(NamedTuple):
    least: int = 0
    most: int | None = None

    def room(self, bodies: int) -> int:
        return bodies if self.most is None else self.most

    def both(self, other: Places) -> Places:
        mosts = [each for each in (self.most, other.most) if each is not None]
        return Places(max(self.least, other.least), min(mosts, default=None))


@dataclass(frozen=True)
class Scheme:
    """Checked as it is made; raises Fault with a code that says what cannot be.

    `grades` run from the best to the worst. `bands` give the least score of each grade but the last, or are empty: then
    quotas alone decide. `step` is the smallest difference of two scores that counts.
    """

    grades: tuple[str, ...]
    bands: Mapping[str, Decimal] = field(default_factory=dict)
    quotas: tuple[Quota, ...] = ()
    weights: Mapping[str, Decimal] = field(default_factory=dict)
    bonus_most: Decimal = Decimal(0)
    ties: Ties = "below"
    step: Decimal = Decimal("0.01")

    def __post_init__(self) -> None:
        _check_words(self)
        _check_weights(self)
        _check_bands(self)
        for quota in self.quotas:
            _check_quota(self, quota)
        _check_leasts(self)
        _check_mosts(self)

    @property
    def is_over_all(self) -> bool:
        """Do all quotas count over all classes together?"""
        return bool(self.quotas) and all(quota.over == "all" for quota in self.quotas)

    def places(self, sizes: Mapping[str, int]) -> dict[tuple[str, str], Places]:
        """The places by class and grade, for classes of these sizes; over all classes under the class “”.

        Raises Fault where a class is too small for what a scheme asks of it.
        """
        found: dict[tuple[str, str], Places] = defaultdict(Places)
        for quota in self.quotas:
            for group in [""] if quota.over == "all" else [quota.only] if quota.only else sizes:
                if not group or group in sizes:
                    bodies = sizes[group] if group else sum(sizes.values())
                    found[group, quota.grade] = found[group, quota.grade].both(quota.places(bodies))
        _check_places(found, sizes)
        return dict(found)


def scheme_from(table: Mapping[str, Any]) -> Scheme:
    """A scheme from a table of data, as TOML gives it: numbers are whole or words, no binary fractions."""
    values = dict(table)
    quotas = tuple(_quota_from(row) for row in values.pop("quotas", ()))
    for name in ("bands", "weights"):
        values[name] = {key: _number(value, key) for key, value in values.get(name, {}).items()}
    for name in ("bonus_most", "step"):
        if name in values:
            values[name] = _number(values[name], name)
    return Scheme(**{**values, "grades": tuple(values["grades"]), "quotas": quotas})


def weighed(
    scheme: Scheme, marks: Mapping[str, Decimal], *, minus: Decimal = Decimal(0), bonus: Decimal = Decimal(0)
) -> Decimal:
    """The score of marks of 0 to 100, one for each weight: weighed, less deductions, with the bonus up to its most.

    Not below nought, not rounded. Raises Fault where a mark is missing, odd or asked by nobody.
    """
    if set(marks) != set(scheme.weights):
        raise Fault(
            "marks_do_not_match",
            missing=sorted(set(scheme.weights) - set(marks)),
            unknown=sorted(set(marks) - set(scheme.weights)),
        )
    for key, mark in marks.items():
        if not 0 <= exact(mark, "mark_not_a_number", item=key) <= WHOLE:
            raise Fault("mark_out_of_range", item=key, value=str(mark))
    if exact(minus, "deduction_not_a_number") < 0 or exact(bonus, "bonus_not_a_number") < 0:
        raise Fault("negative_points", minus=str(minus), bonus=str(bonus))
    base = sum((scheme.weights[key] * mark for key, mark in marks.items()), Decimal(0)) / WHOLE
    return max(base - minus + min(bonus, scheme.bonus_most), Decimal(0))


def _quota_from(row: Mapping[str, Any]) -> Quota:
    shares = {key: _number(row[key], key) for key in ("most_share", "least_share") if key in row}
    return Quota(**{**row, **shares})


def _number(value: object, name: str) -> Decimal:
    if isinstance(value, str):
        try:
            value = Decimal(value)
        except ArithmeticError:
            raise Fault("not_a_number", name=name, value=value) from None
    return exact(value, "not_a_number", name=name)


def _rounded(value: Decimal, way: Rounding) -> int:
    return int(value.to_integral_value(WAYS[way]))


# == what cannot be ==
def _check_words(scheme: Scheme) -> None:
    if len(scheme.grades) < 2 or len(set(scheme.grades)) < len(scheme.grades):
        raise Fault("grades_too_few_or_twice", grades=list(scheme.grades))
    if scheme.ties not in get_args(Ties):
        raise Fault("ties_unknown", ties=scheme.ties)
    if exact(scheme.step, "step_not_a_number") <= 0:
        raise Fault("step_not_above_nought", step=str(scheme.step))


def _check_weights(scheme: Scheme) -> None:
    weights = {key: exact(value, "weight_not_a_number", item=key) for key, value in scheme.weights.items()}
    for key, value in weights.items():
        if value <= 0:
            raise Fault("weight_not_above_nought", item=key, weight=str(value))
    if weights and sum(weights.values()) != WHOLE:
        raise Fault("weights_not_100", sum=str(sum(weights.values())))
    if exact(scheme.bonus_most, "bonus_not_a_number") < 0:
        raise Fault("bonus_below_nought", bonus_most=str(scheme.bonus_most))


def _check_bands(scheme: Scheme) -> None:
    if not scheme.bands:
        return
    if set(scheme.bands) != set(scheme.grades[:-1]):
        raise Fault("bands_not_of_all_but_the_last", bands=list(scheme.bands), grades=list(scheme.grades))
    leasts = [exact(scheme.bands[grade], "band_not_a_number", grade=grade) for grade in scheme.grades[:-1]]
    for better, worse, grade in zip(leasts, leasts[1:], scheme.grades[1:], strict=False):
        if worse >= better:
            raise Fault("bands_not_falling", grade=grade, least=str(worse), above=str(better))


def _check_quota(scheme: Scheme, quota: Quota) -> None:
    if quota.grade not in scheme.grades:
        raise Fault("quota_of_unknown_grade", grade=quota.grade)
    if quota.over not in get_args(Over) or (quota.only and quota.over == "all"):
        raise Fault("quota_of_no_scope", grade=quota.grade, over=quota.over, only=quota.only)
    if {quota.round_most, quota.round_least} - set(WAYS):
        raise Fault("rounding_unknown", grade=quota.grade)
    for number in (quota.most, quota.least):
        if number is not None and (not isinstance(number, int) or isinstance(number, bool) or number < 0):
            raise Fault("places_not_a_number", grade=quota.grade, value=str(number))
    for share in (quota.most_share, quota.least_share):
        if share is not None and not 0 <= exact(share, "share_not_a_number", grade=quota.grade) <= WHOLE:
            raise Fault("share_out_of_range", grade=quota.grade, share=str(share))
    for least, most in ((quota.least, quota.most), (quota.least_share, quota.most_share)):
        if least is not None and most is not None and least > most:
            raise Fault("least_above_most", grade=quota.grade, least=str(least), most=str(most))


def _scopes(scheme: Scheme) -> Iterator[tuple[str, list[Quota]]]:
    """Each stretch in which quotas add up: all together, every class, and each class that is named."""
    each = [quota for quota in scheme.quotas if quota.over == "class" and not quota.only]
    yield "all", [quota for quota in scheme.quotas if quota.over == "all"]
    yield "class", each
    for name in sorted({quota.only for quota in scheme.quotas} - {""}):
        yield name, [*each, *(quota for quota in scheme.quotas if quota.only == name)]


def _check_leasts(scheme: Scheme) -> None:
    for scope, quotas in _scopes(scheme):
        shares = _by_grade(quotas, "least_share", max)
        if sum(shares.values()) > WHOLE:
            raise Fault("least_shares_over_100", scope=scope, sum=str(sum(shares.values())))
        mosts = _by_grade(quotas, "most_share", min)
        for grade in shares.keys() & mosts.keys():
            if shares[grade] > mosts[grade]:
                raise Fault("least_above_most", grade=grade, least=str(shares[grade]), most=str(mosts[grade]))
    has_least = any(quota.least or quota.least_share for quota in scheme.quotas if quota.over == "all")
    if has_least and not scheme.is_over_all:
        raise Fault("least_over_all_beside_classes")


def _check_mosts(scheme: Scheme) -> None:
    for scope, quotas in _scopes(scheme):
        shares = _by_grade(quotas, "most_share", min)
        if len(shares) == len(scheme.grades) and sum(shares.values()) < WHOLE:
            raise Fault("most_shares_under_100", scope=scope, sum=str(sum(shares.values())))


def _by_grade(quotas: Sequence[Quota], name: str, narrower: Any) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for quota in quotas:
        share = getattr(quota, name)
        if share is not None:
            found[quota.grade] = narrower(found.get(quota.grade, share), share)
    return found


def _check_places(places: Mapping[tuple[str, str], Places], sizes: Mapping[str, int]) -> None:
    leasts: dict[str, int] = defaultdict(int)
    for (group, grade), (least, most) in places.items():
        if most is not None and least > most:
            raise Fault("class_too_small", group=group, grade=grade, least=least, most=most)
        leasts[group] += least
    for group, least in leasts.items():
        bodies = sizes.get(group, 0) if group else sum(sizes.values())
        if least > bodies:
            raise Fault("class_too_small", group=group, least=least, bodies=bodies)
    for (group, grade), (_least, most) in places.items():
        asked = sum(each.least for (one, its), each in places.items() if one and its == grade)
        if not group and most is not None and asked > most:
            raise Fault("leasts_above_most_over_all", grade=grade, least=asked, most=most)
