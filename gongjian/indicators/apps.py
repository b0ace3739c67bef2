from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "gongjian.indicators"
    label = "indicators"

    def ready(self) -> None:
        from . import known  # app ready: needs the models

        known.tell()
