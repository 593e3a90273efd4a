"""Django's description of the pages."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Templates, static files and template tags."""

    name = "huifang.app.web"
    label = "web"
