"""The first migration of many tables, made in one step."""

from __future__ import annotations

from typing import ClassVar

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import Migration
from django.db.migrations.operations.fields import FieldOperation
from django.db.migrations.operations.models import IndexOperation, ModelOperation
from django.db.migrations.state import ProjectState


class AllAtOnce(Migration):
    """Makes its tables from its last state. Operation by operation Django reads the related models anew each time, which for a hundred
    tables takes most of a first start.
    """

    kinds: ClassVar = (ModelOperation, FieldOperation, IndexOperation)
    """Operations that leave nothing but tables."""

    def apply(
        self,
        project_state: ProjectState,
        schema_editor: BaseDatabaseSchemaEditor,
        collect_sql: bool = False,  # noqa: ARG002
    ) -> ProjectState:
        """Make every table of the application. Raises TypeError for an operation that would do more."""
        project_state.__dict__.pop("apps", None)
        for operation in self.operations:
            if not isinstance(operation, self.kinds):
                raise TypeError(operation)
            operation.state_forwards(self.app_label, project_state)
        for label, name in project_state.models:
            if label == self.app_label:
                schema_editor.create_model(project_state.apps.get_model(label, name))
        return project_state
