"""Django's description of the records application."""

from django.apps import AppConfig
from django.db.models import Field, ForeignKey

from huifang.app.records.lookups import Among


class RecordsConfig(AppConfig):
    """Everything the system keeps."""

    name = "huifang.app.records"
    label = "records"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make the lookup ``among`` known, and have files go with their rows."""
        from huifang.app.records import kept_files  # models are there only now

        kept_files.connect()
        Field.register_lookup(Among)
        ForeignKey.register_lookup(Among)
