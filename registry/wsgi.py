"""The WSGI entry point: ``gunicorn registry.wsgi``."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registry.settings")

from django.core.wsgi import get_wsgi_application

from common.chunked import with_lengths

application = with_lengths(get_wsgi_application())
