"""All routes. Each has a row in tests/app/test_access_matrix.py: a route that is not listed there fails."""

from django.urls import URLPattern, URLResolver, path

from huifang.app.web.views import cases, customers, design, outbox, preferences, signing, today

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
    path("outbox/", outbox.outbox, name="outbox"),
    path("outbox/<int:message_id>/settle/", outbox.settle, name="outbox-settle"),
    path("design/", design.design, name="design"),
]
handler400 = "huifang.app.web.views.errors.bad_request"
handler403 = "huifang.app.web.views.errors.forbidden"
handler404 = "huifang.app.web.views.errors.not_found"
handler500 = "huifang.app.web.views.errors.server_error"
