from django.apps import AppConfig


class SampleConfig(AppConfig):
    name = "gongjian.sample"
    label = "sample"
