from django.apps import AppConfig


class RegisterConfig(AppConfig):
    name = "gongjian.register"
    label = "register"

    def ready(self) -> None:
        from gongjian.accounts import factors  # app ready: models
        from gongjian.chronicle import personal  # app ready: models

        from . import particulars  # app ready: models
        from .authority.second_factor import asks_second_factor  # app ready: models

        personal.are_personal("register_person", ["name"], reference="register.person")
        hidden = {"reference": "register.person", "person": "person_id"}
        personal.are_personal(particulars.TABLE, particulars.PERSONAL, **hidden)
        factors.require_when(asks_second_factor)
