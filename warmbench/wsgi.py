"""The door for web servers."""

import os

from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application

from warmbench.core import postgres

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "warmbench.settings")
postgres.ensure_running()
application: WSGIHandler = get_wsgi_application()
