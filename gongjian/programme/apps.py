from django.apps import AppConfig


class ProgrammeConfig(AppConfig):
    name = "gongjian.programme"
    label = "programme"

    def ready(self) -> None:
        from gongjian.asks import matters  # app ready: needs the models
        from gongjian.register.queries.own import add_tables  # app ready: the tables are models

        from .asked import offer, tell  # app ready: needs the models
        from .own import tables_of  # app ready: the tables are models

        add_tables(tables_of)
        matters.add("programme.item", tell, offer)
