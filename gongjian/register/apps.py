from django.apps import AppConfig


class RegisterConfig(AppConfig):
    name = "gongjian.register"
    label = "register"
