"""Django's description of the pages."""

from django.apps import AppConfig
from django.conf import settings

from huifang.app.translations import compile_into


class WebConfig(AppConfig):
    """Templates, static files and template tags."""

    name = "huifang.app.web"
    label = "web"

    def ready(self) -> None:
        """Compile the Chinese words where that is due."""
        compile_into(settings.HUIFANG.data / "locale")
