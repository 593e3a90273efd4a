"""What a record says of itself in logs and error pages: enough to find it, and nothing personal."""

import pytest
from django.apps import apps
from django.db import models

PERSONAL = "13490 000 001 王小明"


def _filled(model: type[models.Model]) -> models.Model:
    """A record whose every free text holds something personal."""
    record = model()
    for field in model._meta.concrete_fields:
        if type(field).__name__.startswith("Sealed"):
            setattr(record, field.attname, PERSONAL)
    return record


@pytest.mark.parametrize("model", list(apps.get_app_config("records").get_models()), ids=lambda model: model.__name__)
def test_no_record_shows_sealed_words_when_it_is_printed(model):
    assert PERSONAL not in str(_filled(model))
    assert PERSONAL not in repr(_filled(model))
