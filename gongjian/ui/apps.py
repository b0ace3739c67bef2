from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "gongjian.ui"
    label = "ui"
