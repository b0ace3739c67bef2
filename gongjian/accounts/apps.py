from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "gongjian.accounts"
    label = "accounts"

    def ready(self) -> None:
        from . import hearing  # app ready: allauth's signals hang on its models

        hearing.connect()
