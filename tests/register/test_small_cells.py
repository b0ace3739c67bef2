"""Small cells: by random places and tables, every hidden count could be another, given everything that is told."""

from decimal import Decimal
from itertools import product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gongjian.register.small_cells import LEAST, Cell, Telling, hidden_groups, is_safe

HALF, WHOLE = Decimal("0.5"), Decimal(1)
ABOVE = LEAST + 4  # how far the test looks for other values of a cell that is not small

paths = st.lists(st.integers(1, 2), max_size=3).map(tuple)
worlds = st.lists(st.tuples(st.integers(0, ABOVE - 1), paths), min_size=1, max_size=5).map(
    lambda rows: [Cell(id, value, path) for id, (value, path) in enumerate(rows)]
)


def within(cells, place):
    return {cell.id: WHOLE for cell in cells if cell.path[: len(place)] == place}


def every_place(cells):
    """The sums of all places, as the pages of the structure of that day tell them."""
    return [within(cells, path[:end]) for path in {cell.path for cell in cells} for end in range(len(path) + 1)]


def told(telling, rows):
    """The sums that are told, beside the cells that are."""
    sums = [(row, telling.total(row)) for row in rows]
    return [(row, total) for row, total in sums if total is not None]


def possible(cells, telling, rows, known=()):
    """Every way the cells can be, given the cells and sums that are told, and that it is told which are small."""

    def values(cell):
        if cell.id in known or telling.state(cell.id) == "told":
            return [cell.value]
        return range(1, LEAST) if cell.is_small else range(LEAST, ABOVE + 1)

    sums = told(telling, rows)
    for way in product(*map(values, cells)):
        as_is = dict(zip((cell.id for cell in cells), way, strict=True))
        if all(sum(as_is[id] * share for id, share in row.items()) == total for row, total in sums):
            yield as_is


def assert_ambiguous(cells, rows, known=()):
    telling = Telling(cells, known)
    ways = list(possible(cells, telling, rows, known))
    for cell in cells:
        if telling.state(cell.id) != "told" and cell.id not in known:
            assert len({way[cell.id] for way in ways}) > 1, cell
    return telling, ways


@st.composite
def tables(draw):
    """Cells, and the sums of two structures: the places of then, and any regrouping of them, shares included."""
    cells = draw(worlds)
    shares = st.sampled_from([Decimal(0), HALF, WHOLE])
    rows = draw(st.lists(st.lists(shares, min_size=len(cells), max_size=len(cells)), max_size=4))
    return cells, every_place(cells) + [dict(enumerate(row)) for row in rows]


@given(tables())
def test_a_hidden_cell_could_have_several_values_whatever_tables_are_told(table):
    cells, rows = table
    telling, ways = assert_ambiguous(cells, rows)
    for row in rows:
        if telling.total(row) is None and all(share in (0, WHOLE) for share in row.values()):
            assert len({sum(way[id] * share for id, share in row.items()) for way in ways}) > 1, row


@given(tables(), st.data())
def test_nor_does_whoever_knows_one_of_the_cells_find_out_another(table, data):
    cells, rows = table
    known = data.draw(st.sampled_from(cells))
    telling = Telling(cells)
    ways = list(possible(cells, telling, rows, known={known.id}))
    for cell in cells:
        if telling.state(cell.id) != "told" and cell is not known:
            assert len({way[cell.id] for way in ways}) > 1, (known, cell)


@given(tables(), st.sets(st.integers(0, 4)))
def test_nor_does_whoever_may_list_the_members_of_several(table, known):
    assert_ambiguous(*table, known=known)


@given(worlds)
def test_no_small_count_is_told_in_any_table(cells):
    telling = Telling(cells)
    for row in [*every_place(cells), *({cell.id: WHOLE} for cell in cells)]:
        total = telling.total(row)
        assert total is None or total == 0 or total >= LEAST
        assert total is None or total == sum(cells[id].value for id in row)


@given(worlds)
def test_nothing_is_hidden_where_no_cell_is_small(cells):
    assume(not any(cell.is_small for cell in cells))
    telling = Telling(cells)
    assert {telling.state(cell.id) for cell in cells} == {"told"}
    assert None not in [telling.total(row) for row in every_place(cells)]


@given(worlds)
def test_every_small_cell_is_hidden_and_stands_in_one_group(cells):
    grouped = [cell for group in hidden_groups(cells) for cell in group.cells]
    assert len(grouped) == len(set(grouped))
    assert {cell for cell in cells if cell.is_small} <= set(grouped)
    assert all(cell.value for cell in grouped)


@given(worlds, st.randoms())
def test_every_page_comes_to_the_same_groups_in_whatever_order_it_reads(cells, random):
    shuffled = list(cells)
    random.shuffle(shuffled)
    assert {frozenset(group.cells) for group in hidden_groups(cells)} == {
        frozenset(group.cells) for group in hidden_groups(shuffled)
    }


def test_the_smallest_of_the_same_place_are_kept_back_with_a_small_one():
    near = [Cell(1, 2, (1, 1)), Cell(2, 30, (1, 1)), Cell(3, 9, (1, 1)), Cell(4, 12, (1, 1))]
    far = [Cell(5, 6, (1, 2)), Cell(6, 7, (1, 2))]
    telling = Telling(near + far)
    states = {id: telling.state(id) for id in telling.cells}
    assert states == {1: "few", 2: "told", 3: "kept", 4: "kept", 5: "told", 6: "told"}
    assert telling.total(within(near + far, (1, 1))) == 53


def test_where_its_own_place_is_too_small_the_next_one_is_taken_and_its_sum_is_hidden():
    cells = [Cell(1, 2, (1, 1)), Cell(2, 30, (1, 1)), Cell(3, 9, (1, 2)), Cell(4, 12, (1, 2)), Cell(5, 40, (1, 2))]
    telling = Telling(cells)
    states = {id: telling.state(id) for id in telling.cells}
    assert states == {1: "few", 2: "told", 3: "kept", 4: "kept", 5: "told"}
    assert [telling.total(within(cells, place)) for place in ((1, 1), (1, 2), (1,), ())] == [None, None, 93, 93]


def test_small_ones_of_several_villages_hide_each_other_and_nothing_else():
    cells = [Cell(1, 2, (1, 1)), Cell(2, 3, (1, 2)), Cell(3, 1, (1, 3)), Cell(4, 12, (1, 4))]
    telling = Telling(cells)
    assert [telling.state(id) for id in telling.cells] == ["few", "few", "few", "told"]
    assert telling.total(within(cells, (1,))) == 18


@pytest.mark.parametrize(
    "values, safe",
    [
        ([2], False),
        ([2, 3], False),  # whoever knows the one knows the other
        ([2, 23], False),
        ([1, 1, 1], False),  # three of at least one make three
        ([4, 4, 4], False),
        ([1, 1, 5, 5], False),
        ([2, 3, 2], True),
        ([1, 6, 7], True),
    ],
)
def test_a_group_is_safe_when_each_could_be_another_to_whoever_knows_one(values, safe):
    assert is_safe([Cell(id, value, ()) for id, value in enumerate(values)]) is safe


def test_what_can_nowhere_be_hidden_among_others_hides_every_sum_that_holds_it():
    cells = [Cell(1, 2, (1, 1)), Cell(2, 30, (1, 2))]
    telling = Telling(cells)
    assert telling.state(2) == "told"
    assert [telling.total(within(cells, place)) for place in ((1, 1), (1, 2), (1,), ())] == [None, 30, None, None]


def test_a_group_is_told_in_shares_only_when_all_of_it_is_shared_alike():
    cells = [Cell(1, 2, (1,)), Cell(2, 9, (1,)), Cell(3, 11, (1,))]
    telling = Telling(cells)
    assert telling.total(dict.fromkeys((1, 2, 3), HALF)) == 11
    assert telling.total({1: HALF, 2: HALF, 3: WHOLE}) is None
