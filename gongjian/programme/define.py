"""Defining what a pack's programmes hold. Defining the same again changes nothing."""

from __future__ import annotations

from datetime import date

from .models import Carrier, Programme, Stage, Task, Tier

Names = dict[str, str]


def define_programme(
    key: str,
    *,
    names: Names,
    position: int,
    theme: Names,
    begins_on: date,
    ends_on: date | None,
    lines: list[str],
    document: str,
) -> Programme:
    fields = {"theme": theme, "begins_on": begins_on, "ends_on": ends_on, "lines": lines, "document": document}
    programme, _new = Programme.objects.update_or_create(
        key=key, defaults={"names": names, "position": position, **fields}
    )
    return programme


def define_stage(
    key: str,
    *,
    names: Names,
    position: int,
    programme: str,
    begins_on: date,
    ends_on: date,
    key_date: date,
    yearly: bool,
    purpose: Names,
) -> Stage:
    fields = {"programme_id": programme, "begins_on": begins_on, "ends_on": ends_on, "key_date": key_date}
    fields |= {"yearly": yearly, "purpose": purpose}
    stage, _new = Stage.objects.update_or_create(key=key, defaults={"names": names, "position": position, **fields})
    return stage


def define_carrier(key: str, *, names: Names, position: int, programme: str, line: str) -> Carrier:
    fields = {"names": names, "position": position, "programme_id": programme, "line_id": line}
    carrier, _new = Carrier.objects.update_or_create(key=key, defaults=fields)
    return carrier


def define_tier(key: str, *, names: Names, position: int, carrier: str, wanted: int, counts: str) -> Tier:
    fields = {"names": names, "position": position, "carrier_id": carrier, "wanted": wanted, "counts": counts}
    tier, _new = Tier.objects.update_or_create(key=key, defaults=fields)
    return tier


def define_task(key: str, *, names: Names, position: int, programme: str, lines: list[str], words: Names) -> Task:
    fields = {"names": names, "position": position, "programme_id": programme, "lines": lines, "words": words}
    task, _new = Task.objects.update_or_create(key=key, defaults=fields)
    return task
