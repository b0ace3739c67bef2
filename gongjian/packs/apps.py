from django.apps import AppConfig


class PacksConfig(AppConfig):
    name = "gongjian.packs"
    label = "packs"
