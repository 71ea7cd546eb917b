"""The WSGI entry point: ``gunicorn registry.wsgi``."""

import gc
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registry.settings")

from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.urls import get_resolver

from common.chunked import with_lengths
from common.turns import in_turn

application = with_lengths(get_wsgi_application())
if connection.vendor == "sqlite":  # another database is waited for while others work
    application = in_turn(application)
_ = get_resolver().url_patterns  # every view, which the first caller would wait for
gc.freeze()  # what is loaded now stays: looking through it again and again finds nothing
