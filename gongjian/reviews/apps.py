from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "gongjian.reviews"
    label = "reviews"

    def ready(self) -> None:
        from gongjian.asks import matters  # app ready: needs the models
        from gongjian.register.forgetting import when_forgotten  # app ready: needs the models
        from gongjian.register.queries.beside import add_block  # app ready: needs the models
        from gongjian.register.queries.own import add_tables  # app ready: the tables are models

        from . import beside, matter  # app ready: needs the models
        from .own import forget_of, tables_of  # app ready: the tables are models

        add_tables(tables_of)
        add_block(beside.tell)
        when_forgotten(forget_of)
        matters.add("reviews.year", matter.tell_year)
        matters.add("reviews.approving", matter.tell_year)
        matters.add("reviews.review", matter.tell_review)
