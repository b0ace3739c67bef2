from django.apps import AppConfig


class ConsistencyConfig(AppConfig):
    name = "gongjian.consistency"
    label = "consistency"
