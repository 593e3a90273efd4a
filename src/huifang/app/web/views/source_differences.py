"""A file of the source system compared with our records."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from huifang.app import business_clock
from huifang.app.access import IMPORT, imports_for
from huifang.app.queries.playbooks import in_force
from huifang.app.queries.timeline import Names
from huifang.app.services import source_differences as queries
from huifang.app.web.guard import needs, person
from huifang.domain.errors import HuifangError


@require_safe
@needs(IMPORT)
def differences(request: HttpRequest, batch_id: int) -> HttpResponse:
    """What is missing here, missing there, different, and not contacted; 422 with the reason where the file cannot be compared."""
    batch = get_object_or_404(imports_for(person(request)), pk=batch_id)
    try:
        found, problems = queries.compare(person(request), batch, business_clock.today()), ()
    except HuifangError as error:
        return render(request, "web/differences.html", {"batch": batch, "problems": error.problems}, status=422)
    names = Names(tuple(each.playbook for each in in_force()), get_language() or "")
    kinds = {line.kind: names.event(line.kind) for part in _parts(found) for line in part}
    return render(request, "web/differences.html", {"batch": batch, "found": found, "kinds": kinds, "problems": problems})


def _parts(found: queries.Compared) -> tuple[tuple[queries.Line, ...], ...]:
    return found.missing_here, found.missing_there, found.differing, found.not_contacted
