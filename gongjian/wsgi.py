"""The web application, as a server such as Granian loads it."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongjian.settings")
application = get_wsgi_application()

from django.urls import get_resolver  # noqa: E402  app ready

from gongjian import serving  # noqa: E402  app ready
from gongjian.register.authority import wall  # noqa: E402  app ready

wall.stand_in_front()
assert get_resolver().url_patterns  # every page is loaded before the first question
serving.collect_rarely()
