"""WSGI entry for gunicorn: ``gunicorn fonds.site.wsgi``."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fonds.site.settings.production")
application = get_wsgi_application()
