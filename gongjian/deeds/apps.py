from django.apps import AppConfig


class DeedsConfig(AppConfig):
    name = "gongjian.deeds"
    label = "deeds"

    def ready(self) -> None:
        from gongjian.asks import matters  # app ready: needs the models
        from gongjian.register.forgetting import when_forgotten  # app ready: needs the models
        from gongjian.register.queries.own import add_tables  # app ready: the tables are models

        from . import matter, owing  # app ready: needs the models
        from .agreeing import forget_of  # app ready: needs the models
        from .own import tables_of  # app ready: the tables are models

        add_tables(tables_of)
        when_forgotten(forget_of)
        matters.add("deeds.deed", matter.tell_deed)
        for kind in owing.OWED:
            matters.add(f"deeds.{kind}", matter.tell_owed(kind))
