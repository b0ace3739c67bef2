from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "gongjian.notices"
    label = "notices"
