import pytest

from huifang.app.records.models import AuditEntry, Comment, Notice, Staff
from huifang.app.services import cases
from huifang.app.services.comments import LONGEST, comment, tell_mentioned
from huifang.domain.errors import Invalid, NotAllowed
from huifang.domain.words import Words
from tests.app.cast import NOW


def test_a_comment_is_kept_sealed_and_tells_those_it_speaks_to(cast):
    kept = comment(cast.chen, cast.customers[0].pk, " @小林 @陶主管 客户下周回国 🌏 שלום ", NOW)
    kept.refresh_from_db()
    assert kept.words == "@小林 @陶主管 客户下周回国 🌏 שלום"
    assert {notice.to for notice in Notice.objects.all()} == {cast.lin, cast.tao}
    notice = Notice.objects.first()
    assert notice.words["zh"] == "小陈在客户 KH1 的评论里提到了您。"
    assert notice.subject == f"customer:{cast.customers[0].pk}"
    assert "回国" not in str(AuditEntry.objects.last().detail)


def test_nobody_is_told_who_does_not_look_after_the_customer_nor_oneself(cast):
    comment(cast.chen, cast.customers[0].pk, "@外店回访员 @小陈 @nobody", NOW)
    assert not Notice.objects.exists()
    comment(cast.chen, cast.customers[0].pk, "@an 请看", NOW)
    assert Notice.objects.get().to == cast.an


def test_a_department_is_spoken_to_by_its_name(cast):
    Staff.objects.filter(pk__in=[cast.lin.pk, cast.tao.pk, cast.chen.pk]).update(department="售后部")
    comment(cast.chen, cast.customers[0].pk, "@售后部 请今天答复", NOW)
    assert {notice.to for notice in Notice.objects.all()} == {cast.lin, cast.tao}, "all but the writer"


def test_people_of_all_branches_alone_are_told_where_there_is_no_branch(cast):
    words = Words("提到您", "You are mentioned")
    assert tell_mentioned(cast.wang, "@an @小林", None, words, "customer:1", NOW) == 1
    assert tell_mentioned(cast.wang, "no sign", None, words, "customer:1", NOW) == 0


def test_a_comment_on_a_case_tells_too(cast):
    case = cases.open_case(cast.chen, cast.customers[0], "dissatisfied", "异响", NOW, version=cast.version)
    Notice.objects.all().delete()
    cases.comment(cast.chen, case.pk, "@小林 你上次见过这台车", NOW)
    assert Notice.objects.get().to == cast.lin
    assert case.number in Notice.objects.get().words["en"]


def test_an_empty_or_huge_comment_and_a_strangers_are_refused(cast):
    number = cast.customers[0].pk
    for words in (" ", "字" * (LONGEST + 1)):
        with pytest.raises(Invalid):
            comment(cast.chen, number, words, NOW)
    with pytest.raises(NotAllowed):
        comment(cast.stranger, number, "看看", NOW)
    assert not Comment.objects.exists()
