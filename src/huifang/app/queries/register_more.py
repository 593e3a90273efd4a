"""What some columns of a register need besides its rows: the customers' facts and classes of a day, and the articles for each programme."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cached_property

from django.db.models import Q

from huifang.app.access import articles_for
from huifang.app.queries.register_facts import facts_of_many
from huifang.app.queries.register_line import Line
from huifang.app.records.models import ClassSpell, Staff
from huifang.playbooks.schema import Playbook, Register


class More:
    """Fills it into lines, where a column shows it; facts and classes are those of `day`."""

    def __init__(self, staff: Staff, playbook: Playbook, register: Register, day: date) -> None:
        self.staff, self.playbook, self.day = staff, playbook, day
        columns = [column.value for column in register.columns]
        self.facts = any(column.startswith("fact.") for column in columns)
        self.classes = any(column.startswith("class.") for column in columns)
        self.material = "material" in columns

    def fill(self, lines: Sequence[Line]) -> None:
        """A query for each source of facts, one for classes; the articles are read once."""
        if self.facts:
            facts = facts_of_many(self.playbook, {line.customer["id"]: line.customer for line in lines}, self.day)
            for line in lines:
                line.facts = facts[line.customer["id"]]
        if self.classes:
            held = self._held({line.customer["id"] for line in lines})
            for line in lines:
                line.classes = held[line.customer["id"]]
        if self.material:
            for line in lines:
                line.material = self._titles.get(line.programme, ())

    def _held(self, customers: set[int]) -> dict[int, dict[str, str]]:
        """By customer, the classes and steps that the history has for the day."""
        found: dict[int, dict[str, str]] = {customer: {} for customer in customers}
        lasting = Q(until=None) | Q(until__gt=self.day)
        rows = ClassSpell.objects.filter(lasting, customer__in=customers, playbook=self.playbook.playbook, since__lte=self.day)
        for customer, name, step in rows.values_list("customer_id", "name", "step"):
            found[customer][name] = step
        return found

    @cached_property
    def _titles(self) -> dict[str, tuple[str, ...]]:
        """Each programme's articles: those that carry its key or title as a tag, as the page of the contact shows them."""
        articles = list(articles_for(self.staff).filter(retired_at=None).order_by("title").values_list("title", "tags"))
        named = {key: {key, rule.title.zh, rule.title.en} for key, rule in self.playbook.programmes.items()}
        return {key: tuple(title for title, tags in articles if names & set(tags)) for key, names in named.items()}
