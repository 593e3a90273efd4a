import pytest

from huifang.domain.contact import Channel
from huifang.domain.errors import Invalid
from huifang.domain.outcomes import OUTCOMES, Effect, outcome_of, outcomes_for


def test_a_phone_that_never_rang_and_a_message_that_never_arrived_do_not_count():
    silent = {code for code, outcome in OUTCOMES.items() if not outcome.counted}
    assert silent == {"busy", "switched_off", "unreachable", "invalid_number", "not_home", "failed", "bounced"}


def test_nobody_is_reached_by_an_attempt_that_does_not_count():
    assert not any(outcome.reached and not outcome.counted for outcome in OUTCOMES.values())


@pytest.mark.parametrize(
    ("code", "effect"),
    [
        ("callback", Effect.CALLBACK), ("never_again", Effect.OPT_OUT), ("wrong_person", Effect.WRONG_POINT),
        ("deceased", Effect.DECEASED),
        ("invalid_number", Effect.WRONG_POINT), ("language", Effect.LANGUAGE), ("unknown", Effect.CHECK), ("completed", Effect.NONE),
    ],
)  # fmt: skip
def test_outcomes_change_what_they_say(code, effect):
    assert outcome_of(code).effect is effect


def test_the_last_word_closes_the_follow_up():
    closing = {code for code, outcome in OUTCOMES.items() if outcome.closes}
    assert closing == {"completed", "refused", "never_again", "deceased", "sent", "delivered"}


@pytest.mark.parametrize("channel", Channel)
def test_every_channel_offers_completed_first_and_unknown_last(channel):
    codes = [outcome.code for outcome in outcomes_for(channel)]
    assert (codes[0], codes[-1]) == ("completed", "unknown")
    assert ("no_answer" in codes) is (channel is Channel.PHONE)
    assert ("sent" in codes) is (channel not in {Channel.PHONE, Channel.VISIT})


def test_an_outcome_that_does_not_exist_is_refused_with_those_that_do():
    with pytest.raises(Invalid, match="no_answer"):
        outcome_of("maybe")


def test_codes_fit_the_columns_and_the_playbook():
    assert all(len(code) <= 20 and code.replace("_", "").isalpha() for code in OUTCOMES)


def test_where_none_was_chosen_it_is_said_in_plain_words():
    with pytest.raises(Invalid) as refused:
        outcome_of("")
    assert refused.value.say("en") == "No outcome is chosen. Choose one, then save."
