"""The WSGI entry for granian: all pages are read before the first request comes, so that nobody waits for them."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import reverse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huifang.app.settings")
application = get_wsgi_application()
reverse("today")
