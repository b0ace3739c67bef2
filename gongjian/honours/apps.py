from django.apps import AppConfig


class HonoursConfig(AppConfig):
    name = "gongjian.honours"
    label = "honours"

    def ready(self) -> None:
        from gongjian.asks import matters  # app ready: needs the models
        from gongjian.register.forgetting import when_forgotten  # app ready: needs the models
        from gongjian.register.queries.beside import add_block  # app ready: needs the models
        from gongjian.register.queries.own import add_tables  # app ready: the tables are models

        from . import asked, beside  # app ready: needs the models
        from .own import forget_of, tables_of  # app ready: the tables are models

        add_tables(tables_of)
        add_block(beside.tell)
        when_forgotten(forget_of)
        matters.add("honours.call", asked.tell_call)
        matters.add("honours.review", asked.tell_review)
        matters.add("honours.opinions", asked.tell_opinions)
        matters.add("honours.objection", asked.tell_objection)
        matters.add("honours.recheck", asked.tell_recheck)
        matters.add("honours.nurturing", asked.tell_nurturing)
