from django.apps import AppConfig


class BallotsConfig(AppConfig):
    name = "gongjian.ballots"
    label = "ballots"

    def ready(self) -> None:
        from gongjian.register.queries.own import add_tables  # app ready: the tables are models

        from .own import tables_of  # app ready: the tables are models

        add_tables(tables_of)
