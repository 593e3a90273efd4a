"""The tables that a first start makes in one step are those of the models."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection, migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState
from django.db.models import Model

from huifang.app.records.all_at_once import AllAtOnce

MODELS = list(apps.get_app_config("records").get_models(include_auto_created=True))


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_column_index_and_constraint_of_a_model_is_in_its_table(model: type[Model], db: None) -> None:
    meta = model._meta
    with connection.cursor() as cursor:
        columns = {each.name for each in connection.introspection.get_table_description(cursor, meta.db_table)}
        found = connection.introspection.get_constraints(cursor, meta.db_table)
    assert columns == {field.column for field in meta.local_concrete_fields}
    named = {each.name for each in meta.indexes} | {each.name for each in meta.constraints}
    assert named <= set(found)
    unique = {tuple(each["columns"]) for each in found.values() if each["unique"] or each["primary_key"]}
    assert {(field.column,) for field in meta.local_concrete_fields if field.unique} <= unique
    foreign = {tuple(each["columns"]) for each in found.values() if each["foreign_key"]}
    assert {(field.column,) for field in meta.local_concrete_fields if field.is_relation and field.db_constraint} <= foreign


def test_a_migration_that_does_more_than_make_tables_is_not_made_in_one_step() -> None:
    migration = AllAtOnce("0001_initial", "records")
    migration.operations = [migrations.RunSQL("SELECT 1")]
    with pytest.raises(TypeError):
        migration.apply(ProjectState(), BaseDatabaseSchemaEditor(connection))
