from django.apps import AppConfig


class RegisterConfig(AppConfig):
    name = "gongjian.register"
    label = "register"

    def ready(self) -> None:
        from gongjian.accounts import factors  # app ready: models
        from gongjian.chronicle import personal  # app ready: models

        from .authority.second_factor import asks_second_factor  # app ready: models

        personal.are_personal("register_person", ["name"], reference="register.person")
        factors.require_when(asks_second_factor)
