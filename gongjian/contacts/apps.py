from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "gongjian.contacts"
    label = "contacts"

    def ready(self) -> None:
        from gongjian.asks import matters  # app ready: needs the models
        from gongjian.register.queries.own import add_tables  # app ready: the tables are models

        from .asked import tell  # app ready: needs the models
        from .own import tables_of  # app ready: the tables are models

        add_tables(tables_of)
        matters.add("contacts.problem", tell)
