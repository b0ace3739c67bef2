"""The web application, as a server such as Granian loads it."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongjian.settings")
application = get_wsgi_application()

from gongjian.register.authority import wall  # noqa: E402  app ready

wall.stand_in_front()
