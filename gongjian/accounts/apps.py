from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "gongjian.accounts"
    label = "accounts"
