from django.apps import AppConfig
from django.core.exceptions import ImproperlyConfigured

from gongjian.keys import ring


class ChronicleConfig(AppConfig):
    name = "gongjian.chronicle"
    label = "chronicle"

    def ready(self) -> None:
        """A broken key ring is told when the program starts, not when the first value cannot be read."""
        try:
            ring.ring()
        except ring.KeyRingBroken as problem:
            raise ImproperlyConfigured(str(problem)) from problem
