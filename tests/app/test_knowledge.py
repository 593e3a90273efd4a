"""What the team knows: written with versions, found by Chinese words, within one's branches."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huifang.app.queries.knowledge import material, search, tags
from huifang.app.records.models import ArticleTerm, AuditEntry
from huifang.app.services.knowledge import LONGEST, ArticleForm, retire, tags_of, write
from huifang.domain.errors import Conflict, Invalid, NotAllowed
from tests.app.cast import NOW


def _titles(staff, text="", **more):
    return [each.title for each in search(staff, text, **more)]


@pytest.fixture
def shelf(cast):
    texts = {
        "多久保养一次？": ("每半年或者一万公里，先到为准。", ("保养",)),
        "二手车能不能续保？": ("可以。请带行驶证，交强险和商业险都能办。", ("保险",)),
        "Opening hours": ("Nine to six, every working day.", ("hours", "day-after")),
    }
    return {title: write(cast.tao, None, ArticleForm(title, words, labels), NOW) for title, (words, labels) in texts.items()}


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("保养", "多久保养一次？"),
        ("二手车续保", "二手车能不能续保？"),
        ("车", "二手车能不能续保？"),
        ("ＯＰＥＮＩＮＧ", "Opening hours"),
        ("商业险怎么办", "二手车能不能续保？"),
    ],
)
def test_an_article_is_found_by_what_is_asked(cast, shelf, text, first):
    assert _titles(cast.chen, text)[0] == first


def test_what_is_not_written_down_is_not_found(cast, shelf):
    assert _titles(cast.chen, "火箭发射") == []
    assert _titles(cast.chen, "？！") == []
    assert len(_titles(cast.chen)) == 3


def test_a_search_is_one_query(cast, shelf):
    with CaptureQueriesContext(connection) as caught:
        search(cast.chen, "二手车 保养")
    assert len(caught) == 1


def test_the_title_weighs_more_than_the_text(cast, shelf):
    write(cast.tao, None, ArticleForm("其他", "保养 保养 保养"), NOW)
    assert _titles(cast.chen, "保养") == ["多久保养一次？", "其他"]


def test_a_change_is_found_at_once_under_its_next_version_and_the_old_words_no_longer(cast, shelf):
    old = shelf["多久保养一次？"]
    new = write(cast.tao, old.pk, ArticleForm("保修期多长？", "三年。", version=1), NOW)
    assert new.version == 2
    assert _titles(cast.chen, "保修期") == ["保修期多长？"]
    assert _titles(cast.chen, "一万公里") == []
    assert not ArticleTerm.objects.filter(article=new, term="公里").exists()


def test_two_people_who_change_the_same_article_do_not_overwrite_each_other(cast, shelf):
    old = shelf["多久保养一次？"]
    write(cast.tao, old.pk, ArticleForm("一", "一", version=1), NOW)
    with pytest.raises(Conflict, match="陶主管"):
        write(cast.wang, old.pk, ArticleForm("二", "二", version=1), NOW)
    old.refresh_from_db()
    assert old.title == "一"


def test_a_retired_article_is_found_no_more_until_it_is_put_back(cast, shelf):
    old = shelf["多久保养一次？"]
    retire(cast.tao, old.pk, NOW)
    assert _titles(cast.chen, "保养") == []
    assert _titles(cast.tao, "保养", retired=True) == ["多久保养一次？"]
    retire(cast.tao, old.pk, NOW, again=True)
    assert _titles(cast.chen, "保养") == ["多久保养一次？"]
    assert AuditEntry.objects.filter(action__startswith="article.").count() == 5


def test_an_article_of_one_branch_is_not_seen_or_changed_from_another(cast, shelf):
    own = write(cast.tao, None, ArticleForm("本店停车场", "在楼后。", branch_id=cast.branch.pk), NOW)
    assert _titles(cast.chen, "停车场") == ["本店停车场"]
    assert _titles(cast.stranger, "停车场") == []
    assert _titles(cast.an, "停车场") == ["本店停车场"]
    with pytest.raises(NotAllowed):
        retire(cast.chen, own.pk, NOW)
    cast.wang.branch = cast.other_branch
    cast.wang.save()
    with pytest.raises(NotAllowed):
        retire(cast.wang, own.pk, NOW)


def test_tags_are_counted_filtered_and_make_material(cast, shelf):
    assert tags(cast.chen) == [("day-after", 1), ("hours", 1), ("保养", 1), ("保险", 1)]
    assert _titles(cast.chen, tag="保险") == ["二手车能不能续保？"]
    assert [each.title for each in material(cast.chen, ["day-after"])] == ["Opening hours"]
    assert tags_of("保险， 续保,保险、, " + "长" * 40) == ("保险", "续保", "长" * 24)


def test_a_form_that_cannot_be_kept_names_every_fault(cast):
    with pytest.raises(Invalid) as caught:
        write(cast.tao, None, ArticleForm(" ", " ", branch_id=cast.other_branch.pk), NOW)
    assert [each.code for each in caught.value.problems] == ["article.title", "article.words", "article.branch"]
    with pytest.raises(Invalid) as caught:
        write(cast.tao, None, ArticleForm("长" * 121, "字" * (LONGEST + 1)), NOW)
    assert [each.code for each in caught.value.problems] == ["article.long-title", "article.long"]


def test_agents_read_and_do_not_write(cast):
    with pytest.raises(NotAllowed):
        write(cast.chen, None, ArticleForm("题", "文"), NOW)
