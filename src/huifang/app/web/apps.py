"""Django's description of the pages."""

from django.apps import AppConfig
from django.conf import settings


class WebConfig(AppConfig):
    """Templates, static files and template tags."""

    name = "huifang.app.web"
    label = "web"

    def ready(self) -> None:
        """Have the files that pages fetch where they are served from."""
        from huifang.app import static_files  # Django's storages are there once its applications are

        static_files.collect(settings.STATIC_ROOT)
