"""Required reading: asked for, read, confirmed with a quiz, and who lacks what."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from huifang.app.business_time import business_day
from huifang.app.queries import training as queries
from huifang.app.records.models import Article, Notice, Role, Training, TrainingRecord
from huifang.app.services import audit
from huifang.app.services import training as services
from huifang.domain.errors import Invalid, NotAllowed
from tests.web.conftest import SignIn
from tests.web.scene import Scene

QUIZ = "客户要求退订怎么办？ | 立即登记 | 下次再说"


@pytest.fixture
def article(scene: Scene) -> Article:
    return Article.objects.create(title="客户要求退订怎么办", words="立即登记，所有渠道停止联络。", changed_at=timezone.now())


def asked(scene: Scene, article: Article, roles: tuple[str, ...] = ("agent",), quiz: str = "", days: int | None = None) -> Training | None:
    due = business_day(timezone.now()) + timedelta(days=days) if days is not None else None
    return services.ask(scene.supervisor, article.pk, roles, quiz, due, timezone.now())


def test_the_supervisor_asks_and_everybody_of_the_role_is_told(scene: Scene, article: Article, signed_in: SignIn) -> None:
    client = signed_in(scene.supervisor)
    page = f"/training/{article.pk}/setup/"
    assert b"Required reading" in client.get(f"/knowledge/{article.pk}/").content
    assert b"Who must read it" in client.get(page).content
    wrong = client.post(page, {"roles": ["agent"], "quiz": "nonsense"})
    assert wrong.status_code == 422
    assert b"nonsense" in wrong.content
    assert client.post(page, {"roles": ["agent"], "due": "soon"}).status_code == 422
    assert client.post(page, {"roles": ["agent", "service"], "quiz": QUIZ, "due": str(business_day(timezone.now()))}).status_code == 302
    assert Training.objects.get().roles == ["agent"]
    assert set(Notice.objects.filter(subject=f"training:{article.pk}").values_list("to", flat=True)) == {scene.agent.pk, scene.colleague.pk}
    assert f"/training/{article.pk}/" in signed_in(scene.agent).get("/notices/").content.decode()
    assert client.post(page, {}).status_code == 302
    assert not Training.objects.exists()
    assert client.get("/training/99999/setup/").status_code == 404
    assert audit.faults() == []


def test_reading_is_confirmed_once_every_question_is_right(scene: Scene, article: Article, signed_in: SignIn) -> None:
    asked(scene, article, quiz=QUIZ, days=-1)
    client = signed_in(scene.agent)
    page = f"/training/{article.pk}/"
    assert b"Late" in client.get("/training/").content
    assert b"Late" in signed_in(scene.supervisor).get("/training/").content
    client = signed_in(scene.agent)
    assert b"A few questions" in client.get(page).content
    assert not Notice.objects.filter(to=scene.agent, subject=f"training:{article.pk}", read_at=None).exists()
    assert client.post(page, {"q.0": "下次再说"}).status_code == 422
    assert b"This is not right" in client.post(page, {"q.0": ""}).content
    assert client.post(page, {"q.0": "立即登记"}).status_code == 302
    kept = TrainingRecord.objects.get()
    assert (kept.staff, kept.version, kept.questions, kept.tries) == (scene.agent, 1, 1, 3)
    assert b"You have confirmed this" in client.get(page).content
    assert services.confirm(scene.agent, article.pk, {}, timezone.now()) == ()
    text = client.get("/training/").content.decode()
    assert "Confirmed" in text
    assert "Who lacks what" not in text
    assert signed_in(scene.agent).get("/training/sheet/").status_code == 403


def test_a_newer_version_is_said_and_asked_for_again_only_when_somebody_asks(scene: Scene, article: Article, signed_in: SignIn) -> None:
    asked(scene, article)
    client = signed_in(scene.agent)
    assert b"I have read and understood this" in client.get(f"/training/{article.pk}/").content
    client.post(f"/training/{article.pk}/")
    Article.objects.filter(pk=article.pk).update(version=2)
    today = business_day(timezone.now())
    assert queries.mine(scene.agent, today)[0].changed
    assert b"Changed since" in client.get("/training/").content
    supervisor = signed_in(scene.supervisor)
    assert b"version 1" in supervisor.get("/training/").content
    asked(scene, article)
    assert queries.mine(scene.agent, today)[0].done is None
    Article.objects.filter(pk=article.pk).update(retired_at=timezone.now())
    assert queries.mine(scene.agent, today) == ()
    assert client.get(f"/training/{article.pk}/").status_code == 404
    with pytest.raises(NotAllowed):
        services.confirm(scene.agent, article.pk, {}, timezone.now())


def test_the_table_says_who_lacks_what_and_the_record_is_printed_with_lines_to_sign(
    scene: Scene, article: Article, signed_in: SignIn
) -> None:
    own = Article.objects.create(title="龙岗店须知", words="只给龙岗店。", branch=scene.there, changed_at=timezone.now())
    asked(scene, article, ("agent", "supervisor"), days=3)
    services.ask(scene.manager, own.pk, ["agent"], "", None, timezone.now())
    services.confirm(scene.colleague, article.pk, {}, timezone.now())
    table = queries.table(scene.manager, None, business_day(timezone.now()))
    lacking = {each.person: each.lacking for each in table.people}
    assert lacking == {scene.agent: 1, scene.colleague: 0, scene.supervisor: 1, scene.stranger: 2}
    assert table.lacking == 4
    client = signed_in(scene.manager, "zh-hans")
    page = client.get(f"/training/?branch={scene.here.pk}").content.decode()
    assert "谁缺哪些" in page
    assert "外店员工" not in page
    sheet = client.get("/training/sheet/").content.decode()
    assert "培训记录" in sheet
    assert "培训人" in sheet
    assert "外店员工" in sheet
    assert "安达汽修南山店" in client.get(f"/training/sheet/?branch={scene.here.pk}").content.decode()
    Training.objects.all().delete()
    assert "还没有必学文章" in client.get("/training/").content.decode() + client.get("/training/sheet/").content.decode()


def test_nobody_asks_for_what_they_may_not_see(scene: Scene, article: Article) -> None:
    Article.objects.filter(pk=article.pk).update(branch=scene.there)
    with pytest.raises(NotAllowed):
        asked(scene, article)
    with pytest.raises(NotAllowed):
        services.ask(scene.agent, article.pk, [Role.AGENT], "", None, timezone.now())
    with pytest.raises(Invalid):
        services.check_due("x")
