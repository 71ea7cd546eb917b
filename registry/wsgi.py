"""The WSGI entry point: ``gunicorn registry.wsgi``."""

import gc
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registry.settings")

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from common.chunked import with_lengths

application = with_lengths(get_wsgi_application())
_ = get_resolver().url_patterns  # every view, which the first caller would wait for
gc.freeze()  # what is loaded now stays: looking through it again and again finds nothing
