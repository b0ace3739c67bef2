from django.apps import AppConfig


class GapsConfig(AppConfig):
    name = "gongjian.gaps"
    label = "gaps"

    def ready(self) -> None:
        from gongjian.asks import matters  # app ready: needs the models

        from . import work  # app ready: needs the models

        matters.add("gaps.suggestion", work.tell)
