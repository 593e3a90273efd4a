from django.urls import reverse

from huifang.app.records.models import Article

FORM = {
    "title": "多久保养一次？ 😀",
    "words": "每半年一次。\n<script>alert(1)</script> שלום",
    "tags": "保养，次日满意度回访",
    "branch": "",
    "version": "0",
}


def _written(scene, signed_in):
    client = signed_in(scene.supervisor)
    answer = client.post(reverse("article-new"), FORM, follow=True)
    assert answer.status_code == 200
    return client, Article.objects.get()


def test_an_article_is_written_read_changed_and_retired(scene, signed_in):
    client, article = _written(scene, signed_in)
    text = client.get(reverse("article", args=[article.pk])).content.decode()
    assert "<script>alert" not in text
    assert "שלום" in text
    form = client.get(reverse("article-edit", args=[article.pk])).content.decode()
    assert 'value="保养，次日满意度回访"' in form
    assert client.post(reverse("article-edit", args=[article.pk]), FORM | {"title": "改过", "version": "1"}).status_code == 302
    assert client.post(reverse("article-retire", args=[article.pk])).status_code == 302
    assert "改过" in client.get(reverse("knowledge") + "?retired").content.decode()
    agent = signed_in(scene.agent)
    assert "改过" not in agent.get(reverse("knowledge") + "?retired").content.decode()
    assert agent.get(reverse("article", args=[article.pk])).status_code == 404


def test_what_is_wrong_stands_beside_the_field_and_what_was_written_stays(scene, signed_in):
    client = signed_in(scene.supervisor)
    answer = client.post(reverse("article-new"), FORM | {"title": ""})
    assert answer.status_code == 422
    assert "There is no title." in answer.content.decode()
    assert "每半年一次" in answer.content.decode()


def test_a_change_made_on_an_old_version_is_shown_again_over_the_new_one(scene, signed_in):
    client, article = _written(scene, signed_in)
    answer = client.post(reverse("article-edit", args=[article.pk]), FORM | {"title": "我的"})
    assert answer.status_code == 409
    text = answer.content.decode()
    assert 'value="我的"' in text
    assert 'name="version" value="1"' in text
    assert "has changed this article meanwhile" in text


def test_answers_stand_beside_the_call_with_their_whole_text(scene, signed_in):
    _written(scene, signed_in)
    client = signed_in(scene.agent)
    text = client.get(reverse("knowledge-beside"), {"q": "保养"}).content.decode()
    assert "每半年一次" in text
    assert "No answer is written down" in client.get(reverse("knowledge-beside"), {"q": "火箭"}).content.decode()
    assert "details" not in client.get(reverse("knowledge-beside"), {"q": " "}).content.decode()
    page = client.get(reverse("followup", args=[scene.first.pk])).content.decode()
    assert reverse("knowledge-beside") in page


def test_the_list_searches_filters_by_tag_and_says_when_it_is_empty(scene, signed_in):
    client = signed_in(scene.agent)
    assert "Nothing written down yet" in client.get(reverse("knowledge")).content.decode()
    _written(scene, signed_in)
    client = signed_in(scene.agent)
    assert "多久保养一次" in client.get(reverse("knowledge"), {"q": "保养"}).content.decode()
    assert "多久保养一次" in client.get(reverse("knowledge"), {"tag": "保养"}).content.decode()
    assert "Nothing found" in client.get(reverse("knowledge"), {"q": "火箭"}).content.decode()
    assert client.get(reverse("article-edit", args=[Article.objects.get().pk])).status_code == 403
