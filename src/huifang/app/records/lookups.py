"""``among``: a column's value is one of very many, told to the database as one parameter."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.db.models import Lookup

if TYPE_CHECKING:
    _Lookup = Lookup[Any]
else:
    _Lookup = Lookup


class Among(_Lookup):
    """``code__among=[...]``: like ``__in`` for plain texts and numbers, at any length, prepared in no time."""

    lookup_name = "among"
    prepare_rhs = False

    def get_db_prep_lookup(self, value: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """The list as JSON for SQLite, as an array for PostgreSQL."""
        return "%s", (list(value) if connection.vendor == "postgresql" else json.dumps(list(value)),)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Column IN list."""
        column, before = self.process_lhs(compiler, connection)
        mark, values = self.get_db_prep_lookup(self.rhs, connection)
        among = "= ANY({})" if connection.vendor == "postgresql" else "IN (SELECT value FROM json_each({}))"
        return f"{column} {among.format(mark)}", (*before, *values)
