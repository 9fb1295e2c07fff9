"""The door for web servers."""

import os

from django.core.wsgi import get_wsgi_application

from warmbench.core import postgres

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "warmbench.settings")
postgres.ensure_running()
_pages = get_wsgi_application()

from warmbench.web import door  # noqa: E402 - it needs Django to be set up

application = door.clicks_first(_pages)
