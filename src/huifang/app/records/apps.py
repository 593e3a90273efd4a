"""Django's description of the records application."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """Everything the system keeps."""

    name = "huifang.app.records"
    label = "records"
    default_auto_field = "django.db.models.BigAutoField"
