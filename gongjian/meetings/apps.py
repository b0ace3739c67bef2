from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "gongjian.meetings"
    label = "meetings"

    def ready(self) -> None:
        from gongjian.asks import matters  # app ready: needs the models

        from . import matter  # app ready: needs the models

        matters.add("meetings.decision", matter.tell)
