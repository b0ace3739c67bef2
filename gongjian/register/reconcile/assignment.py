"""The best one-to-one assignment: each old row to at most one new row, so that the weights sum to the most.

Exact by the Hungarian method (Kuhn 1955, Munkres 1957; the form with potentials, rows one by one) within each
connected part, which is small because only pairs worth a thought are given.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

# Parts with more rows than this are taken greedily: a list of thousands of rows of one name is not an official list.
LARGEST_EXACT = 250


def assign(weights: Mapping[tuple[str, str], float]) -> dict[str, str]:
    """Old key to new key, for pairs with a weight above 0; a row stays alone if that gives more."""
    good = {pair: weight for pair, weight in weights.items() if weight > 0}
    result: dict[str, str] = {}
    for part in _parts(good):
        rows, columns = (sorted({pair[side] for pair in part}) for side in (0, 1))
        if len(rows) == 1 and len(columns) == 1:
            result[rows[0]] = columns[0]
        elif max(len(rows), len(columns)) > LARGEST_EXACT:
            result |= _greedy({pair: good[pair] for pair in part})
        else:
            result |= _exact(rows, columns, good)
    return result


def _parts(weights: Mapping[tuple[str, str], float]) -> list[list[tuple[str, str]]]:
    """The pairs by connected part."""
    touching: dict[tuple[int, str], list[tuple[str, str]]] = defaultdict(list)
    for pair in weights:
        for side in (0, 1):
            touching[side, pair[side]].append(pair)
    seen: set[tuple[str, str]] = set()
    parts = []
    for pair in weights:
        if pair in seen:
            continue
        seen.add(pair)
        part = [pair]
        for one in part:  # grows while it is walked
            for side in (0, 1):
                for other in touching[side, one[side]]:
                    if other not in seen:
                        seen.add(other)
                        part.append(other)
        parts.append(part)
    return parts


def _greedy(weights: dict[tuple[str, str], float]) -> dict[str, str]:
    taken: dict[str, str] = {}
    used: set[str] = set()
    for old, new in sorted(weights, key=lambda pair: (-weights[pair], pair)):
        if old not in taken and new not in used:
            taken[old] = new
            used.add(new)
    return taken


def _exact(rows: list[str], columns: list[str], weights: Mapping[tuple[str, str], float]) -> dict[str, str]:
    """Hungarian method with one spare column a row, which costs 0: to stay alone."""
    width = len(columns) + len(rows)
    cost = [[-weights.get((row, column), 0.0) for column in columns] + [0.0] * len(rows) for row in rows]
    row_price, column_price = [0.0] * (len(rows) + 1), [0.0] * (width + 1)
    holder = [0] * (width + 1)  # which row (from 1) holds the column (from 1)
    for row in range(1, len(rows) + 1):
        holder[0] = row
        came_from = _shortest_way(cost, row_price, column_price, holder)
        column = came_from.pop()
        while column:
            holder[column] = holder[came_from[column]]
            column = came_from[column]
    pairs = ((rows[holder[j] - 1], columns[j - 1]) for j in range(1, len(columns) + 1) if holder[j])
    return {old: new for old, new in pairs if (old, new) in weights}


def _shortest_way(
    cost: list[list[float]], row_price: list[float], column_price: list[float], holder: list[int]
) -> list[int]:
    """From the row that column 0 holds to the nearest free column: the column before each, and that column last."""
    width = len(column_price)
    least = [float("inf")] * width
    used, came_from = [False] * width, [0] * width
    at = 0
    while holder[at]:
        used[at] = True
        row, nearest, step = holder[at], 0, float("inf")
        for j in range(1, width):
            if used[j]:
                continue
            slack = cost[row - 1][j - 1] - row_price[row] - column_price[j]
            if slack < least[j]:
                least[j], came_from[j] = slack, at
            if least[j] < step:
                nearest, step = j, least[j]
        for j in range(width):
            if used[j]:
                row_price[holder[j]] += step
                column_price[j] -= step
            else:
                least[j] -= step
        at = nearest
    return [*came_from, at]
