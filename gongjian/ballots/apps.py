from django.apps import AppConfig


class BallotsConfig(AppConfig):
    name = "gongjian.ballots"
    label = "ballots"
