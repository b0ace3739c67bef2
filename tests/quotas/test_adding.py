"""From values to a score: as `weighed` where all are there, scaled where some are not, never rounded up."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from quotas.__main__ import differences, main
from quotas.adding import added, cut, shown
from quotas.scheme import Scheme, weighed

SCHEME = Scheme(("a", "b"), {"a": Decimal(60)}, weights={"x": Decimal(70), "y": Decimal(30)}, bonus_most=Decimal(10))
MARKS = st.decimals(0, 100, places=2)


@given(MARKS, MARKS, st.decimals(0, 30, places=1), st.decimals(0, 30, places=1))
def test_with_all_values_it_is_the_weighed_score_cut_to_its_step(x, y, minus, bonus):
    found = added(SCHEME, {"x": Fraction(x), "y": Fraction(y)}, minus=minus, bonus=bonus)
    whole = weighed(SCHEME, {"x": x, "y": y}, minus=minus, bonus=bonus)
    assert 0 <= whole - found.score < SCHEME.step


@given(MARKS)
def test_an_item_that_is_not_there_leaves_its_weight_to_the_others(x):
    assert added(SCHEME, {"x": Fraction(x)}).score == x


def test_a_third_is_cut_off():
    assert cut(Fraction(200, 3), Decimal("0.01")) == Decimal("66.66")
    assert shown(Fraction(2, 3)) == Decimal("0.6666")


def test_what_a_file_tells_otherwise_is_named(tmp_path, capsys):
    scheme = {"grades": ["a", "b"], "bands": {"a": "60"}, "weights": {"x": "100"}}
    case = {"id": "1", "class": "", "values": {"x": "61"}, "minus": "0", "bonus": "0", "ceilings": []}
    told = {"scheme": scheme, "case": case | {"score": "61", "start": "a", "grade": "b"}}
    assert list(differences(told)) == []
    whole = {"scheme": scheme, "cases": [told["case"]]}
    assert list(differences(whole)) == ["1: grade b, computed a"]
    file = tmp_path / "case.json"
    file.write_text(str(told).replace("'", '"'))
    assert main(str(file)) == 0
    assert capsys.readouterr().out == "All of it comes to the same.\n"
