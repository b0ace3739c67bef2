from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "gongjian.desk"
    label = "desk"
