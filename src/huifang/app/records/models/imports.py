"""Files that were brought in, and everything needed to explain or undo it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from huifang.app.records.fields import SealedTextField
from huifang.app.records.models.organisation import Branch, Staff


class ImportBatch(models.Model):
    """One file being brought in. rows = created + updated + unchanged + rejected, when it is done."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Uploaded")
        READY = "ready", _("Ready to check")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        UNDONE = "undone", _("Undone")
        STOPPED = "stopped", _("Stopped")

    kind = models.CharField(max_length=20, blank=True)
    """customers | events | agreements | staff | branches"""
    file_name = models.CharField(max_length=255)
    stored_as = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64, db_index=True)
    sheet = models.CharField(max_length=120, blank=True)
    encoding = models.CharField(max_length=20, blank=True)
    header_row = models.PositiveIntegerField(default=0)
    mapping = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    branch = models.ForeignKey(Branch, models.PROTECT, null=True, blank=True, related_name="+")
    """Limits the import to one branch, for people who see one only."""
    state = models.CharField(max_length=10, choices=State.choices, default=State.UPLOADED)
    rows = models.PositiveIntegerField(default=0)
    done_rows = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    error = models.JSONField(default=dict)
    by = models.ForeignKey(Staff, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return self.file_name


class RejectedRow(models.Model):
    """One row that was not taken, with line, column, reason, and its cells to correct and bring in again."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rejected_rows")
    line = models.PositiveIntegerField()
    column = models.CharField(max_length=120, blank=True)
    code = models.CharField(max_length=60)
    reason = models.JSONField()
    """{zh, en}"""
    cells = SealedTextField()
    """The row as a JSON list."""

    class Meta:
        indexes: ClassVar = [models.Index(fields=["batch", "line"])]

    def __str__(self) -> str:
        return f"{self.batch_id}:{self.line}"


class ImportChange(models.Model):
    """What one batch of rows of an import created or changed in one table, with the earlier state, so that it can be undone."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="changes")
    model = models.CharField(max_length=40)
    count = models.PositiveIntegerField(default=0)
    changes = SealedTextField()
    """JSON list of ``[id, before, after]``: `before` the changed fields as they were, null where the row was created; `after` a hash of the
    row's fields, so that what was changed since is not undone, but told."""

    class Meta:
        indexes: ClassVar = [models.Index(fields=["batch", "id"])]

    def __str__(self) -> str:
        return f"{self.model} × {self.count}"


class RememberedMapping(models.Model):
    """The columns a kind of file was mapped to, found again by the hash of its header."""

    kind = models.CharField(max_length=20)
    header = models.CharField(max_length=64)
    mapping = models.JSONField()
    used_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["header"], name="remembered_mapping_once")]

    def __str__(self) -> str:
        return self.kind
