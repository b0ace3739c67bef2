"""The whole site, as a server such as Granian loads it: ballots come in at the front, everything else is a page, and a
page that is the same for everybody is kept for a minute."""

from typing import Any, cast

from a2wsgi import WSGIMiddleware

from gongjian.serving import WEB_THREADS
from gongjian.ui.kept_pages import KeptPages
from gongjian.wsgi import application as pages

from gongjian.ballots.front import Front  # isort: skip – app ready: after the pages

application = Front(KeptPages(cast(Any, WSGIMiddleware(cast(Any, pages), workers=WEB_THREADS))))
