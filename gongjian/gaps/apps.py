from django.apps import AppConfig


class GapsConfig(AppConfig):
    name = "gongjian.gaps"
    label = "gaps"
