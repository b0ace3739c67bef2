"""From values to a score: exact, and never rounded up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction

from .faults import Fault, exact
from .scheme import Scheme


@dataclass(frozen=True)
class Sum:
    """Each step of a score. `weight`: what the weights of the values that are there come to."""

    weight: Decimal
    base: Fraction
    minus: Decimal
    bonus: Decimal
    score: Decimal


def added(
    scheme: Scheme,
    values: Mapping[str, Fraction],
    *,
    minus: Decimal = Decimal(0),
    bonus: Decimal = Decimal(0),
) -> Sum:
    """The mean of the values by their weights, less deductions, with the bonus up to its most; not below nought.

    An item without a value is left out, and the weights of the others are scaled to 100. What is beyond the step of the
    scheme is cut off: nobody is rounded up over the edge of a band. Raises Fault for values that are none of 0 to 100,
    or that nobody asked for, and where there is none at all.
    """
    if unknown := sorted(set(values) - set(scheme.weights)):
        raise Fault("marks_do_not_match", missing=[], unknown=unknown)
    if not values:
        raise Fault("no_values")
    for key, value in values.items():
        if not 0 <= value <= 100:
            raise Fault("mark_out_of_range", item=key, value=str(value))
    if exact(minus, "deduction_not_a_number") < 0 or exact(bonus, "bonus_not_a_number") < 0:
        raise Fault("negative_points", minus=str(minus), bonus=str(bonus))
    weight = sum((scheme.weights[key] for key in values), Decimal(0))
    whole = Fraction(weight)
    base = sum((Fraction(scheme.weights[key]) * value for key, value in values.items()), Fraction(0)) / whole
    capped = min(bonus, scheme.bonus_most)
    score = max(base - Fraction(minus) + Fraction(capped), Fraction(0))
    return Sum(weight, base, minus, capped, cut(score, scheme.step))


def cut(value: Fraction, step: Decimal) -> Decimal:
    """The greatest multiple of the step that is not above it."""
    steps = value / Fraction(step)
    return step * Decimal(steps.numerator // steps.denominator)


def shown(value: Fraction, places: int = 4) -> Decimal:
    """A fraction as a decimal number, cut off: for reading, not for adding up."""
    whole = Decimal(10) ** -places
    return cut(value, whole).quantize(whole, rounding=ROUND_DOWN)
