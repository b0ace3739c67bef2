from django.apps import AppConfig


class PledgesConfig(AppConfig):
    name = "gongjian.pledges"
    label = "pledges"

    def ready(self) -> None:
        from gongjian.asks import matters  # app ready: needs the models
        from gongjian.indicators import records  # app ready: its columns are models
        from gongjian.register.forgetting import when_forgotten  # app ready: needs the models
        from gongjian.register.queries.own import add_tables  # app ready: the tables are models

        from . import asked, facts  # app ready: need the models
        from .own import forget_of, tables_of  # app ready: the tables are models

        add_tables(tables_of)
        when_forgotten(forget_of)
        matters.add("pledges.pledge", asked.tell_pledge)
        matters.add("pledges.quartercall", asked.tell_call)
        matters.add("pledges.review", asked.tell_review)
        records.add_column("bodies", "pledges", facts.pledges)
