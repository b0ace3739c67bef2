from django.apps import AppConfig


class BallotsConfig(AppConfig):
    name = "gongjian.ballots"
    label = "ballots"

    def ready(self) -> None:
        from gongjian.asks import matters  # app ready: needs the models
        from gongjian.register.queries.own import add_tables  # app ready: the tables are models

        from . import suspected  # app ready: needs the models
        from .own import tables_of  # app ready: the tables are models

        add_tables(tables_of)
        matters.add("ballots.bursts", suspected.tell_asked)
