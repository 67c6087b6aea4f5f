"""The WSGI entry point. WSGI, not ASGI: header case is part of a contract."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "invoiceapp.settings.development")
application = get_wsgi_application()
