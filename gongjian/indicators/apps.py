from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "gongjian.indicators"
    label = "indicators"
