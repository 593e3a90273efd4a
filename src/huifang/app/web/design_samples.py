"""What the living pages of parts are filled with: one of each kind, plain, long and wrong. Nobody's data."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from huifang.app import business_clock
from huifang.app.queries.register_line import Period
from huifang.app.queries.registers import Column, Count, Sheet
from huifang.app.queries.timeline import Moment
from huifang.app.records.models import ImportBatch
from huifang.app.web import load_chart, survey_charts, svg
from huifang.domain.errors import Place, Problem
from huifang.domain.words import Words

LONG = "等了三个多小时才有人接待，结算时又说少了一个配件，让我第二天再来一趟。" * 6
TONES = ("", "accent", "good", "warn", "bad", "line")


_WRONG = {"class": "input", "aria-describedby": "id_phone_error", "aria-invalid": "true"}


class Sample(forms.Form):
    """A plain field, one that may stay empty, one with something wrong."""

    name = forms.CharField(widget=forms.TextInput({"class": "input"}))
    phone = forms.CharField(
        required=False, widget=forms.TextInput({"class": "input", "aria-describedby": "id_phone_error", "aria-invalid": "true"})
    )

    def clean_phone(self) -> str:
        """Always too short."""
        raise forms.ValidationError(_("This number is too short."))


def charts() -> dict[str, Any]:
    """One chart of each kind."""
    week = [load_chart.Bar(str(day), str(day), 30 + day % 3 * 9, day % 2 * 6, 45, "#load") for day in range(1, 8)]
    months = ("6", "7", "8", "9", "10", "11")
    return {
        "bars": svg.bars(
            _("Causes by number of cases"), ((_("Waiting"), 86), (_("Overdue"), 52), (_("Attitude"), 31), (LONG[:40], 24), ("P", 0))
        ),
        "line": svg.line(_("Done"), tuple(zip(months, (412, 438, 401, 455, 470, 486), strict=True))),
        "spark": svg.sparkline(_("Reached"), (58, 61, 60, 63, 62, 66, 64)),
        "shares": survey_charts.shares(_("Satisfied?"), [("5", 120), ("4", 61), ("3", 12), ("2", 3), ("1", 0)], 196),
        "load": load_chart.chart(_("Load"), week),
    }


def parts() -> dict[str, Any]:
    """What the page of single parts shows."""
    now = business_clock.now()
    answers = ("到店后接待得及时吗？", "2"), ("满意吗？", "4")
    timeline = [
        Moment(now, "phone", _("Done"), "good", "陈晓", ("14:02",), answers, LONG, feedback=(("bad", _("Complaint")),)),
        Moment(now - timedelta(hours=2), "mail", _("Sent"), "accent", remark=_("Kept exactly as they are.")),
        Moment(now - timedelta(days=1), "phone", _("Overdue"), "warn"),
        Moment(now - timedelta(days=2), "message-square-warning", _("Complaint"), "bad", case="G-1"),
        Moment(now - timedelta(days=40), "calendar-check", _("Were due")),
    ]
    return charts() | {
        "tones": TONES,
        "further": {"after": "x"},
        "timeline": timeline,
        "form": Sample({"name": "王丽华", "phone": "138"}),
        "long": LONG,
    }


def patterns() -> dict[str, Any]:
    """What the page of patterns shows."""
    now, today = business_clock.now(), business_clock.today()
    period = Period(today, today)
    columns = tuple(Column(f"c{place}", title, 1.0) for place, title in enumerate((_("Customer"), _("Phone"), _("Original words"))))
    sheet = Sheet("k", "p", _("Table"), period, "", columns, (), (_("Agent"), _("Supervisor")), "", "table", (Count(_("Done"), 2),))
    problems = tuple(
        Problem(
            "sample", Words("“客户”这一列没有表头。", "The column of customers has no header."),
            Words("请补上表头后重新上传。", "Give it a header and upload the file again."),
            Place(line=7, key="programmes.day-after"), severity,
        )
        for severity in ("error", "warning")
    )  # fmt: skip
    message = {"customer": "王丽华", "to": "138****2046", "fits": True, "problem": None, "subject": "", "attached": None, "language": ""}
    state = ImportBatch.State
    return {
        "day": today, "before": today - timedelta(days=1), "after": today + timedelta(days=1), "period": period, "one_day": True,
        "sheet": sheet, "rows": [("王丽华", "138****2046", LONG), ("欧阳建国", "139****0001", "很好。")],
        "total": 240,
        "first": 101, "last": 200, "problems": problems,
        "batches": [ImportBatch(state=one) for one in state.values],
        "messages_shown": [
            SimpleNamespace(**message | {"text": LONG}),
            SimpleNamespace(**message | {"fits": False, "subject": _("Done"), "text": "您好。"}),
            SimpleNamespace(**message | {"to": "", "text": "", "problem": problems[0].what}),
        ],
        "link_lines": [SimpleNamespace(title=_("Done"), clicked=12, sent=40)],
        "asking": [
            SimpleNamespace(title="XLSX", open=None, address="#"),
            SimpleNamespace(title="PDF", open=SimpleNamespace(state="asked", get_state_display=_("Waiting"), asked_at=now), address="#"),
        ],
        "most": 1000, "weeks": SimpleNamespace(proposing=True, missing=0, states=()), "count": 2, "lines": ("3", "9"), "long": LONG,
    }  # fmt: skip
