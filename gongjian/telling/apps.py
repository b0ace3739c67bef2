from django.apps import AppConfig


class TellingConfig(AppConfig):
    name = "gongjian.telling"
    label = "telling"

    def ready(self) -> None:
        from gongjian.asks import matters  # app ready: needs the models
        from gongjian.indicators import records  # app ready: its columns are models
        from gongjian.register.forgetting import when_forgotten  # app ready: needs the models
        from gongjian.register.queries.own import add_tables  # app ready: the tables are models

        from . import facts, matter  # app ready: need the models
        from .own import forget_of, tables_of  # app ready: the tables are models

        add_tables(tables_of)
        when_forgotten(forget_of)
        matters.add("telling.round", matter.tell_round)
        matters.add("telling.commenting", matter.tell_round)
        matters.add("telling.telling", matter.tell_telling)
        matters.add("telling.confirming", matter.tell_telling)
        records.add_column("bodies", "comment", facts.comment)
        records.add_column("bodies", "problems", facts.problems)
