"""All routes. Each has a row in tests/app/test_access_matrix.py: a route that is not listed there fails."""

from django.urls import URLPattern, URLResolver, path

from huifang.app.web.views import (
    audit, cases, customers, day, design, imports, plan, playbooks, preferences, registers, settings, signing, today,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", signing.home, name="home"),
    path("sign-in/", signing.SignIn.as_view(), name="sign-in"),
    path("sign-out/", signing.sign_out, name="sign-out"),
    path("password/", signing.password, name="password"),
    path("language/", preferences.language, name="language"),
    path("theme/", preferences.theme, name="theme"),
    path("today/", today.today, name="today"),
    path("today/next/", today.following, name="following"),
    path("today/<int:followup_id>/", today.followup, name="followup"),
    path("today/<int:followup_id>/take/", today.take, name="followup-take"),
    path("today/<int:followup_id>/give-back/", today.give_back, name="followup-give-back"),
    path("today/<int:followup_id>/call/", today.call, name="followup-call"),
    path("today/<int:followup_id>/draft/", today.draft, name="followup-draft"),
    path("today/<int:followup_id>/questions/", today.questions, name="followup-questions"),
    path("today/<int:followup_id>/save/", today.save, name="followup-save"),
    path("customers/", customers.customers, name="customers"),
    path("customers/<int:customer_id>/", customers.customer, name="customer"),
    path("customers/<int:customer_id>/consent/", customers.consent, name="customer-consent"),
    path("customers/<int:customer_id>/reveal/<int:point_id>/", customers.reveal, name="customer-reveal"),
    path("cases/", cases.cases, name="cases"),
    path("cases/<str:number>/", cases.case, name="case"),
    path("cases/<str:number>/act/", cases.act, name="case-act"),
    path("day/", day.day, name="day"),
    path("day/<slug:what>/", day.rows, name="day-rows"),
    path("plan/", plan.plan, name="plan"),
    path("plan/start/", plan.start, name="plan-start"),
    path("registers/", registers.registers, name="registers"),
    path("registers/<slug:playbook>/<slug:key>/", registers.register, name="register"),
    path("registers/<slug:playbook>/<slug:key>/file.<slug:ending>", registers.register_file, name="register-file"),
    path("imports/", imports.imports, name="imports"),
    path("imports/<int:batch_id>/", imports.one, name="import"),
    path("imports/<int:batch_id>/go-on/", imports.go_on, name="import-go-on"),
    path("imports/<int:batch_id>/stop/", imports.stop, name="import-stop"),
    path("imports/<int:batch_id>/undo/", imports.undo_import, name="import-undo"),
    path("imports/<int:batch_id>/rejected.xlsx", imports.rejected_file, name="import-rejected"),
    path("playbooks/", playbooks.playbooks, name="playbooks"),
    path("playbooks/new/", playbooks.new, name="playbook-new"),
    path("playbooks/library/<slug:name>/", playbooks.shelf, name="playbook-shelf"),
    path("playbooks/library/<slug:name>/take/", playbooks.take, name="playbook-take"),
    path("playbooks/<int:version_id>/", playbooks.version, name="playbook"),
    path("playbooks/<int:version_id>/activate/", playbooks.activate, name="playbook-activate"),
    path("playbooks/<int:version_id>/retire/", playbooks.retire, name="playbook-retire"),
    path("settings/", settings.people, name="settings"),
    path("settings/staff/new/", settings.one_person, name="settings-person-new"),
    path("settings/staff/<int:staff_id>/", settings.one_person, name="settings-person"),
    path("settings/staff/<int:staff_id>/password/", settings.reset_password, name="settings-password"),
    path("settings/branches/", settings.branches, name="settings-branches"),
    path("settings/branches/<int:branch_id>/", settings.branches, name="settings-branch"),
    path("settings/absences/", settings.absences, name="settings-absences"),
    path("settings/absences/<int:absence_id>/remove/", settings.absence_remove, name="settings-absence-remove"),
    path("settings/calendar/", settings.calendar, name="settings-calendar"),
    path("settings/calendar/<int:row_id>/clear/", settings.calendar_clear, name="settings-calendar-clear"),
    path("audit/", audit.audit, name="audit"),
    path("design/", design.design, name="design"),
]
handler400 = "huifang.app.web.views.errors.bad_request"
handler403 = "huifang.app.web.views.errors.forbidden"
handler404 = "huifang.app.web.views.errors.not_found"
handler500 = "huifang.app.web.views.errors.server_error"
