"""The same import written with django-import-export, as its guide has it, with and without its checks, and tuned."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import tablib
from django.db import transaction
from import_export import fields, resources, widgets
from import_export.instance_loaders import CachedInstanceLoader, ModelInstanceLoader

from gongjian.chronicle.record import record
from gongjian.register.models import Headcount, Unit, UnitEntry


class ParentByCode(widgets.ForeignKeyWidget):
    """The unit that holds a code on the day: one query a row, or from what was read before."""

    def __init__(self, day: date, cached: bool) -> None:
        super().__init__(Unit)
        entries = UnitEntry.objects.on(day).exclude(code="")
        self.entries = entries.select_related("unit")
        self.known = {entry.code: entry.unit for entry in self.entries} if cached else None

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Unit:
        return self.known[value] if self.known is not None else self.entries.get(code=value).unit


class Firms(resources.ModelResource):
    """One row of the table as an entry of a new unit, with its head-count."""

    name = fields.Field("name", "单位名称")
    credit_code = fields.Field("credit_code", "统一社会信用代码")
    trade = fields.Field("trade", "行业")
    address = fields.Field("address", "地址")

    class Meta:
        model = UnitEntry
        fields = ("name", "credit_code", "trade", "address", "parent")
        import_id_fields = ("credit_code",)
        use_bulk = True
        skip_diff = True
        batch_size = 1000
        instance_loader_class = ModelInstanceLoader

    def __init__(self, day: date, checked: bool, cached: bool) -> None:
        super().__init__()
        self.day = day
        self.counted: dict[str, tuple[int, int]] = {}
        self._meta.clean_model_instances = checked
        self.fields["parent"] = fields.Field("parent", "所属村社代码", ParentByCode(day, cached))
        if cached:
            self._meta.instance_loader_class = CachedInstanceLoader

    def validate_instance(self, instance: UnitEntry, *args: Any, **kwargs: Any) -> None:
        if self._meta.clean_model_instances:
            instance.full_clean(exclude=["unit"])  # which is made with its batch

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        self.act = record("bench.import_export")

    def after_init_instance(self, instance: UnitEntry, new: bool, row: Any, **kwargs: Any) -> None:
        if new:
            instance.valid, instance.kind_id, instance.act = (self.day, None), "enterprise", self.act
            self.counted[row["统一社会信用代码"]] = (int(row["职工总数"]), int(row["女职工"]))

    def bulk_create(self, *args: Any, **kwargs: Any) -> None:
        units = Unit.objects.bulk_create(Unit() for _ in self.create_instances)
        for entry, unit in zip(self.create_instances, units, strict=True):
            unit.path = f"{entry.parent.path}{chr(96 + len(str(unit.pk)))}{unit.pk}."
            entry.unit = unit
        Unit.objects.bulk_update(units, ["path"])
        counts = []
        for entry in self.create_instances:
            staff, women = self.counted[entry.credit_code]
            counts.append(Headcount(unit=entry.unit, valid=entry.valid, staff=staff, women=women, act=self.act))
        super().bulk_create(*args, **kwargs)
        Headcount.objects.bulk_create(counts)


def import_file(file: Path, day: date, *, checked: bool, cached: bool) -> None:
    """A dry run, which is its preflight, and then the import; each in one transaction."""
    dataset = tablib.Dataset().load(file.read_text(encoding="utf-8"), format="csv")
    for is_dry in (True, False):
        with transaction.atomic():
            result = Firms(day, checked, cached).import_data(
                dataset, dry_run=is_dry, use_transactions=True, raise_errors=True
            )
    if result.totals["new"] != len(dataset):
        raise RuntimeError(f"django-import-export has entered {result.totals['new']} of {len(dataset)} rows.")
