import pytest
from hypothesis import given
from hypothesis import strategies as st

from huifang.domain.optout import is_opt_out, mail_opts_out


@pytest.mark.parametrize(
    "reply",
    [
        "TD", "td", "T", "t", "R", "r", "STOP", "stop", "Stop.", "STOP ALL", "STOPALL", "quit", "END", "cancel", "Revoke",
        "unsubscribe", "Unsubscribe!",
        "opt out", "opt-out", "OPT OUT", "optout", "ＴＤ", "ＴＤ。", "ｔｄ", "ＳＴＯＰ", "Ｒ", "Ｔ", "TD。", "td.", " TD \n",
        "“TD”", "‘退订’", "[退订]", "【退订】", "TD!!!",
        "退订", "退订。", "退订！", "退订了", "我要退订", "请退订", "请退订，谢谢", "退订,谢谢", "回复TD", "回TD", "TD退订",
        "退订 TD", "退订TD", "退訂", "退定", "取消订阅",
        "拒收", "拒绝接收", "停止发送", "请勿打扰", "不要再发了", "不要再打电话了", "别再打电话", "别再给我发短信了",
        "请不要再联系我", "不要再联系我了", "退订，不要再发了",
        "please stop", "Please stop calling me", "stop, please", "Do not call me.", "don't call", "don’t call me", "Stop please",
        "unsubscribe me", "不要给我发短信了",
        "remove me", "take me off your list", "STOP, thanks",
    ],
)  # fmt: skip
def test_every_way_of_saying_no_is_understood(reply):
    assert is_opt_out(reply)


@pytest.mark.parametrize(
    "reply",
    [
        "", " ", "。", "1", "5", "好的", "谢谢", "满意", "不满意", "可以", "Y", "N", "yes", "取消", "不用打电话了", "no problem",
        "I will stop by on Friday", "the end of the month is fine",
        "Please cancel my appointment on Monday", "How do I cancel my order?", "unsubscribe?", "退订?", "退订？", "退订流程怎么办",
        "退订要收费吗？", "怎么退订",
        "我没有要退订", "我不想退订", "不退订", "停止运转了怎么办", "车子停止了", "取消周五的预约", "取消预约", "我想取消订单",
        "TD-SCDMA 手机能用吗", "T 恤什么时候到货", "R 型号有货吗",
        "不要忘了给我打电话", "不要给我发错地址", "请不要周末打电话，工作日可以", "发动机停止工作", "拒绝赔偿我要投诉",
        "打不通你们电话", "打扰了", "别忘了联系我", "the brakes quit working",
        "don't stop", "不用谢", "not the end", "We revoke nothing", "没有退订", "我的退款退订单号是多少", "stop by", "T_T", "T T",
        "weekend",
        "trend", "N/A 5",
    ],
)  # fmt: skip
def test_an_ordinary_sentence_is_not_an_opt_out(reply):
    assert not is_opt_out(reply)


@given(
    st.sampled_from(["td", "stop", "退订", "r", "unsubscribe"]),
    st.text(alphabet=" .,!。！，、“”\"'\t\n", max_size=6),
    st.booleans(),
)
def test_case_width_and_punctuation_do_not_matter(word, around, upper):
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in (word.upper() if upper else word))
    assert is_opt_out(around + wide + around)


@given(st.text())
def test_any_reply_can_be_read(reply):
    assert is_opt_out(reply) in {True, False}


@pytest.mark.parametrize(
    "mail",
    [
        "退订", "退订\n\n发自我的iPhone", "STOP\n\nSent from my iPhone", "unsubscribe\n-- \nJohn Smith\nCEO", "Hi,\nplease stop\nLi Hua",
        "您好：\n请退订，谢谢\n王丽华", "您好，请退订", "尊敬的客服，\n\n请不要再给我发邮件了。谢谢！\n\n王丽华\n13800000000",
        "Dear Anda team,\n\nUnsubscribe me.\n\nRegards", "\n\n退订\n\nAm 24.11.2026 schrieb Anda:\n您好",
    ],
)  # fmt: skip
def test_a_mail_says_no_in_its_first_line_whatever_stands_below(mail):
    assert mail_opts_out(mail)


@pytest.mark.parametrize(
    "mail",
    [
        "",
        "您好",
        "您好！\n周五可以吗\n退订",
        "Hi there\nplease call me",
        "停止服务的原因是什么\n退订",
        "请问怎么退订？\n谢谢",
        "Dear\nyes",
        "你好吗\n退订",
    ],
)
def test_a_mail_with_such_a_word_further_down_is_read_by_a_person(mail):
    assert not mail_opts_out(mail)


@given(st.text(alphabet="您好hi dear,\n：退订STOP谢。 "))
def test_what_is_no_by_text_message_is_no_by_mail(words):
    assert mail_opts_out(words) or not is_opt_out(words)
