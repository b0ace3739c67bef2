from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    name = "gongjian.agreements"
    label = "agreements"

    def ready(self) -> None:
        from gongjian.asks import matters  # app ready: needs the models
        from gongjian.indicators import records  # app ready: needs the models

        from . import matter, standing  # app ready: needs the models

        for kind in ("step", "report", "renewal"):
            matters.add(f"agreements.{kind}", matter.tell_agreement)
        matters.add("agreements.late", matter.tell_late)
        records.add_relation("units", "agreement", standing.covers_the_unit)
