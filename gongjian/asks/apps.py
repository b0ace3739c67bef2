from django.apps import AppConfig


class AsksConfig(AppConfig):
    name = "gongjian.asks"
    label = "asks"

    def ready(self) -> None:
        from . import known  # app ready: needs the models

        known.tell()
