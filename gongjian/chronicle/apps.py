from django.apps import AppConfig


class ChronicleConfig(AppConfig):
    name = "gongjian.chronicle"
    label = "chronicle"
