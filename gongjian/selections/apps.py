from django.apps import AppConfig


class SelectionsConfig(AppConfig):
    name = "gongjian.selections"
    label = "selections"

    def ready(self) -> None:
        from gongjian.asks import matters  # app ready: needs the models
        from gongjian.deeds.agreeing import when_taken_back  # app ready: needs the models
        from gongjian.register.queries.own import add_tables  # app ready: the tables are models

        from . import matter  # app ready: needs the models
        from .own import tables_of  # app ready: the tables are models
        from .polling import deed_taken_back  # app ready: needs the models

        add_tables(tables_of)
        when_taken_back(deed_taken_back)
        matters.add("selections.selection", matter.tell_selection)
