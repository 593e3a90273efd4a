"""Every page and state that is pictured: in which business, by whom, at which address, and what is done there first.

`{words}` in an address are what the business's seed wrote to ``places.json``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from playwright.sync_api import Page

from tests.browser import picture_deeds as deeds

DAY, BEFORE = "2026-11-20", "2026-11-19"
HOUSES: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "morning": (("tests.browser.picture_seed", DAY), {"HUIFANG_DEMO": "1"}),
    "desk": (("tests.browser.desk_seed", DAY), {"HUIFANG_DEMO": "1", "HUIFANG_MASS_OVER": "5", "HUIFANG_PHONE": "0755-26000000"}),
    "empty": (("tests.browser.empty_seed",), {"HUIFANG_DEMO": "1"}),
    "asked": (("tests.browser.survey_seed",), {}),
    "forms": (("tests.browser.forms_seed", DAY), {"HUIFANG_DEMO": "1"}),
}
"""Businesses by name: the seed that enters one, and its environment. A demo's clock is set to the morning of `DAY`."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One sheet: `who` opens `path` in `house` (empty: nobody has signed in), and `deed` is done there."""

    house: str
    who: str
    name: str
    path: str
    deed: Callable[[Page], None] | None = None


def shots() -> Iterator[Shot]:
    """All of them, those of one person together."""
    for house, people in PAGES.items():
        for who, pages in people.items():
            for name, what in pages.items():
                path, deed = what if isinstance(what, tuple) else (what, None)
                yield Shot(house, who, name, path, deed)


Pages = dict[str, str | tuple[str, Callable[[Page], None]]]
_REGISTER = f"/registers/repair-shop/daily-satisfaction/?day={BEFORE}"
PAGES: dict[str, dict[str, Pages]] = {
    "morning": {
        "": {"sign-in": "/sign-in/", "sign-in-refused": ("/sign-in/", deeds.sign_in_wrong)},
        "hf01": {
            "today": ("/today/", deeds.work), "list": "/today/", "lost-connection": ("/today/", deeds.offline),
            "scores": "/scores/", "telephone-calendar": "/calendar/", "password": "/password/", "training": "/training/",
            "notice-ways": "/notices/ways/", "knowledge": "/knowledge/", "replies": "/replies/", "not-found": "/nowhere/",
            "forbidden": "/audit/", "wrong-method": "/plan/start/",
            "refused-password": ("/password/", deeds.send("form.stack, main form")),
        },
        "kf01": {
            "day": f"/day/?day={BEFORE}", "customer": ("/customers/", deeds.click("tbody tr:nth-child(3) a")),
            "register": _REGISTER, "import": ("/imports/", deeds.bring_in), "case-of-a-call": ("/cases/", deeds.click("a.row-link")),
            "customers": "/customers/", "nobody-found": "/customers/?q=nobody", "cases": "/cases/?show=all",
            "refused-article": ("/knowledge/new/", deeds.send("main form")),
            "closing": "/closing/", "reviews": "/reviews/", "registers": "/registers/", "plan": "/plan/", "outbox": "/outbox/",
            "overdue": "/day/overdue/",
        },
        "dz01": {
            "feedback": "/feedback/", "feedback-asks": "/feedback/asks/", "feedback-topics": "/feedback/topics/",
            "surveys": "/surveys/", "causes": "/causes/",
            "overview": "/overview/", "indicator": "/overview/coverage/", "effect": "/overview/effect/",
            "effect-members": "/overview/effect/repair-shop/six-months/contacted/",
            "reports": "/reports/", "report": "/reports/repair-shop/monthly/", "survey-results": "/surveys/repair-shop/repair-ten/",
        },
        "gl01": {
            "playbooks": "/playbooks/", "playbook": "/playbooks/library/hospital/", "guide": "/playbooks/library/hospital/guide/",
            "playbook-in-force": "/playbooks/1/", "staff": "/settings/", "channels": "/settings/channels/", "parts": "/design/",
            "patterns": "/design/patterns/",
        },
    },
    "desk": {
        "": {
            "survey": "/s/{survey}/", "survey-expired": "/s/{expired}/", "opt-out": "/u/{opt_out}/",
            "opt-out-unknown": "/u/nobody/", "link-in-a-message": "/l/{guide}/",
            "link-expired": "/l/unknown/", "server-error": ("/sign-in/", deeds.server_error), "page-of-the-interface": "/api/",
        },
        "a01": {
            "a-morning": "/today/", "followup": "/today/{free}/", "followup-talked": "/today/{talked}/",
            "held-by-a-colleague": "/today/{held}/", "handed-on": "/today/{handed}/",
            "gate-refuses": ("/today/{refused}/", deeds.gate_refusal), "refused-outcome": ("/today/{free}/", deeds.save_nothing),
            "signed-out": ("/today/{free}/", deeds.signed_out), "extreme-followup": "/today/{extreme_followup}/",
            "preparation": "/today/{free}/preparation/", "recordings": "/today/{talked}/recordings/",
            "correction": "/records/{record}/correct/", "correction-too-late": "/records/{reviewed_record}/correct/",
            "correction-refused": ("/records/{record}/correct/", deeds.fill_and_send("main form", words="客户说的是别的车")),
            "customer-with-history": "/customers/{customer}/", "customer-in-hand": "/customers/{worked_customer}/",
            "customer-extreme": "/customers/{extreme}/",
            "comments": "/customers/{customer}/comments/", "contact-now": "/customers/{customer}/contact/",
            "said": "/customers/{customer}/said/",
            "why-next": "/customers/{customer}/next/",
            "knowledge-list": "/knowledge/", "article": "/knowledge/{article}/",
            "required-reading": "/training/{reading}/", "training-due": "/training/",
            "training-wrong": ("/training/{reading}/", deeds.send("main form")),
            "notices": "/notices/", "ways-of-telling": "/notices/ways/",
            "ways-refused": ("/notices/ways/", deeds.fill_and_send("main form", address="nobody")),
            "review-returned": "/reviews/returned/{returned}/", "own-calendar": "/calendar/",
            "replies-new": "/replies/", "coupons-counter": "/coupons/",
            "coupon-unknown": ("/coupons/", deeds.fill_and_send("form:has(#coupon-code)", code="NO-SUCH-CODE")),
            "own-scores": "/scores/", "measures-own": "/measures/", "survey-link": "/surveys/links/{survey_link}/",
        },
        "s01": {
            "case": "/cases/{case}/", "case-solved": "/cases/{solved}/", "case-refused": ("/cases/{case}/", deeds.case_closed_too_early),
            "cases-board": "/cases/", "day-under-way": "/day/", "day-due": "/day/due/", "closing-day": "/closing/",
            "schedule": "/schedule/?week={monday}", "schedule-sheet": "/schedule/{week}/sheet/", "schedule-cell": "/schedule/{week}/",
            "absences": "/absences/", "absence": "/absences/{away}/", "absence-over": "/absences/{over}/",
            "absence-sheet": "/absences/{away}/sheet/",
            "absence-refused": ("/absences/", deeds.send("form[action$='/new/']")), "dialler": "/dialler/",
            "dialler-list": "/dialler/{list}/",
            "dialler-results": "/dialler/results/{results}/", "reviews-drawn": "/reviews/", "review": "/reviews/{review}/",
            "exports": "/exports/", "measures": "/measures/", "measure": "/measures/{measure}/",
            "measure-refused": ("/measures/", deeds.send("form[action$='/new/']")),
            "article-edit": "/knowledge/{article}/edit/", "article-new": "/knowledge/new/",
            "training-setup": "/training/{reading}/setup/", "training-sheet": "/training/sheet/",
            "feedback-one": "/feedback/{feedback}/", "feedback-same": "/feedback/same/",
            "customer-for-a-supervisor": "/customers/{customer}/",
        },
        "q01": {
            "reviews-of-a-reviewer": "/reviews/", "review-assessing": "/reviews/{review}/",
            "review-refused": ("/reviews/{review}/", deeds.send("form[action*='/assess/']")),
        },
        "m01": {
            "imports": "/imports/", "refusals": "/imports/refusals/", "import-columns": "/imports/{preview}/",
            "import-rejected": "/imports/{rejected}/", "import-taken-back": "/imports/{undone}/",
            "import-unnamed": "/imports/{unnamed}/",
            "import-differences": "/imports/{jobs}/differences/", "import-refused": ("/imports/", deeds.bring_nonsense),
            "outbox-waiting": "/outbox/", "mass-sending": "/outbox/many/1/", "bad-request": ("/outbox/many/1/", deeds.nonsense_decided),
            "coupons": "/coupons/", "topic-tree": "/feedback/tree/",
            "topic-tree-refused": ("/feedback/tree/", deeds.fill_and_send("form:has(textarea)", text="topics: [")),
            "playbook-versions": "/playbooks/{version}/", "playbook-waiting": "/playbooks/{later}/",
            "compare": "/playbooks/{later}/compare/",
            "dry-run": ("/playbooks/{later}/", deeds.dry_run), "outlook": "/playbooks/{later}/outlook/",
            "questionnaire": "/playbooks/drafts/{draft}/?part=questionnaires/repair-ten",
            "message": "/playbooks/{version}/messages/service-sms/",
            "trial-refused": ("/playbooks/{version}/messages/service-sms/", deeds.fill_and_send("form[action$='/trial/']", to="12")),
            "editor": "/playbooks/drafts/{draft}/",
            "editor-programme": "/playbooks/drafts/{draft}/?part=programmes/day-after",
            "editor-content": "/playbooks/drafts/{draft}/?part=content/service-sms",
            "editor-fault": ("/playbooks/drafts/{draft}/", deeds.fault_in_the_text),
            "playbook-new": "/playbooks/new/", "playbook-refused": ("/playbooks/new/", deeds.bad_playbook),
            "report-mailings": "/reports/", "report-refused": ("/reports/", deeds.send("form[action$='/send/']")),
            "schedule-approval": "/schedule/?week={monday}", "score-contacts": "/scores/{colleague}/contacts/",
            "score-records": ("/scores/", deeds.click("tbody a[href*='/contacts/']")),
            "plan-again": ("/plan/", deeds.send("form[action$='/start/']")), "conflict": ("/absences/{over}/", deeds.conflict),
        },
        "x01": {
            "person": "/settings/staff/{colleague}/", "person-new": "/settings/staff/new/",
            "person-refused": ("/settings/staff/new/", deeds.send("main form")),
            "erasing": ("/customers/{customer}/said/", deeds.unfold("details.deed")),
            "erasing-refused": (
                "/customers/{customer}/said/", deeds.fill_and_send("form[action$='/erase/']", code="KH9", reason="本人书面要求"),
            ),
            "password-reset": ("/settings/staff/{colleague}/", deeds.send("form[action$='/password/']")),
            "branches": "/settings/branches/", "branch": "/settings/branches/{branch}/",
            "branch-refused": ("/settings/branches/", deeds.send("main form")),
            "departments": "/settings/departments/", "absences-settings": "/settings/absences/",
            "absences-settings-refused": ("/settings/absences/", deeds.send("form:has([name=first_day])")),
            "calendar": "/settings/calendar/",
            "calendar-refused": ("/settings/calendar/", deeds.send("form:has([name=label])")), "channels-set": "/settings/channels/",
            "channel": "/settings/channels/sms/", "channel-phone": "/settings/channels/phone/",
            "channel-refused": ("/settings/channels/sms/", deeds.channel_refused),
            "costs": "/settings/channels/costs/", "robots": "/settings/robots/",
            "robots-refused": ("/settings/robots/", deeds.send("form[action$='/robots/'], main form:has([name=url])")),
            "interfaces": "/settings/interfaces/", "webhook": "/settings/interfaces/webhooks/{webhook}/",
            "key-refused": ("/settings/interfaces/", deeds.send("form[action$='/keys/']")),
            "key-shown": ("/settings/interfaces/", deeds.key_made), "language-model": "/feedback/language-model/",
            "audit": "/audit/?check=1",
        },
    },
    "empty": {
        "a01": {
            "empty-today": "/today/", "empty-customers": "/customers/", "empty-knowledge": "/knowledge/",
            "empty-notices": "/notices/", "empty-coupons": "/coupons/", "empty-training": "/training/",
        },
        "s01": {
            "empty-day": "/day/", "empty-day-rows": "/day/due/", "empty-closing": "/closing/",
            "empty-schedule": "/schedule/", "empty-absences": "/absences/", "empty-reviews": "/reviews/",
            "empty-cases": "/cases/", "empty-feedback": "/feedback/", "empty-registers": "/registers/",
            "empty-causes": "/causes/", "empty-measures": "/measures/", "empty-plan": "/plan/",
            "empty-dialler": "/dialler/", "empty-outbox": "/outbox/", "empty-imports": "/imports/",
            "empty-exports": "/exports/", "empty-scores": "/scores/",
        },
        "m01": {
            "empty-overview": "/overview/", "empty-effect": "/overview/effect/", "empty-reports": "/reports/",
            "empty-surveys": "/surveys/", "empty-playbooks": "/playbooks/", "empty-topics": "/feedback/topics/",
        },
        "x01": {
            "empty-settings": "/settings/", "empty-departments": "/settings/departments/",
            "empty-interfaces": "/settings/interfaces/", "empty-robots": "/settings/robots/", "empty-channels": "/settings/channels/",
        },
    },
    "asked": {
        "": {
            "survey-first": "/s/{plain}/", "survey-refused": ("/s/{plain}/", deeds.send("main form, form")),
            "survey-anonymous": "/s/{open}/", "survey-low": ("/s/{measured}/", deeds.low_score),
            "survey-file": ("/s/{photo}/", deeds.to_the_photo), "survey-thanks": ("/s/{scripted}/", deeds.answer_all),
            "survey-unknown": "/s/nobody/",
        },
        "manager1": {
            "surveys-asked": "/surveys/", "results": "/surveys/link-shop/quarterly/", "results-small": "/surveys/link-shop/after-job/",
        },
    },
    "forms": {
        "m01": {
            "plan-held": "/plan/",
            "plan-held-refused": ("/plan/", deeds.fill_and_send("form[action$='/confirm/']", confirmed="12")),
        },
        "s01": {
            "register-plan": "/registers/property-sales/schedule/", "register-book": "/registers/property-sales/customer-book/",
            "register-card": "/registers/home-owners/record-card/", "register-of-calls": "/registers/scripts-by-source/record-card/",
            "register-nothing-planned": "/registers/visit-procedure/visit-plan/", "registers-of-plans": "/registers/",
        },
    },
}  # fmt: skip
README = ("today", "day", "customer", "register", "import")
"""Sheets whose page is also a picture of the README."""
UNSEEN: dict[str, str] = {
    "home": "leads on to the first page of whoever signs in",
    "answer-file": "a file", "recording": "sound", "message-report": "a PDF file", "scores-file": "a file",
    "register-file": "a file", "report-file": "a file",
    "import-rejected": "a file", "survey-file": "a file", "api-description": "for programs",
    "notices-count": "a number that the pages fetch", "survey-thanks": "reached by answering: the sheet survey-thanks",
    "today-list": "the list of the workbench: a part of the sheet list",
    "knowledge-beside": "answers beside the call: a part of the sheet today",
}  # fmt: skip
"""Routes that are opened by GET and have no sheet at their address, each with its reason."""
