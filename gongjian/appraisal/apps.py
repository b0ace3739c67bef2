from django.apps import AppConfig


class AppraisalConfig(AppConfig):
    name = "gongjian.appraisal"
    label = "appraisal"

    def ready(self) -> None:
        from gongjian.asks import matters  # app ready: needs the models

        from . import matter  # app ready: needs the models

        matters.add("appraisal.round", matter.tell)
        matters.add("appraisal.review", matter.tell)
