from __future__ import annotations

import pytest

from server.domain import knock
from server.domain.errors import KnockClosedError, NotAskedError
from server.domain.ids import ContactId, KnockId, MemberId
from server.domain.knock import KNOCK_LIFETIME_MS, Asked, Knock, KnockState
from tests.domain.people import NOW_MS

MINJI, JUN, STRANGER = MemberId("minji"), MemberId("jun"), MemberId("stranger")
CARD = ContactId("card")


@pytest.fixture
def waiting() -> Knock:
    asked = (Asked(MINJI, CARD), Asked(JUN, CARD))
    return knock.knock(KnockId("k"), MemberId("newcomer"), asked, NOW_MS)


def test_everybody_who_holds_the_number_is_alerted(waiting: Knock) -> None:
    assert waiting.alerts(MINJI)
    assert waiting.alerts(JUN)
    assert waiting.alerts(STRANGER) is None


def test_any_one_of_them_lets_the_newcomer_in(waiting: Knock) -> None:
    admitted = knock.admit(waiting, JUN)
    assert (admitted.state, admitted.admitted_by) == (KnockState.ADMITTED, JUN)
    assert admitted.alerts(MINJI) is None


def test_only_the_first_who_lets_in_wins(waiting: Knock) -> None:
    admitted = knock.admit(waiting, JUN)
    with pytest.raises(KnockClosedError):
        knock.admit(admitted, MINJI)
    assert admitted.admitted_by == JUN


def test_who_does_not_hold_the_number_can_do_nothing(waiting: Knock) -> None:
    with pytest.raises(NotAskedError):
        knock.admit(waiting, STRANGER)
    with pytest.raises(NotAskedError):
        knock.ignore(waiting, STRANGER)


def test_ignoring_closes_the_own_alert_only(waiting: Knock) -> None:
    ignored = knock.ignore(waiting, MINJI)
    assert ignored.state is KnockState.WAITING
    assert ignored.alerts(MINJI) is None
    assert ignored.alerts(JUN)
    assert knock.ignore(ignored, MINJI) == ignored


def test_who_ignored_may_still_change_his_mind(waiting: Knock) -> None:
    ignored = knock.ignore(waiting, MINJI)
    assert knock.admit(ignored, MINJI).state is KnockState.ADMITTED


def test_a_member_who_adds_the_number_later_is_asked_too(waiting: Knock) -> None:
    asked = knock.ask(waiting, STRANGER, CARD)
    assert asked.alerts(STRANGER) == Asked(STRANGER, CARD)


def test_nobody_is_asked_twice_or_after_the_end(waiting: Knock) -> None:
    ignored = knock.ignore(waiting, MINJI)
    assert knock.ask(ignored, MINJI, ContactId("again")) == ignored
    admitted = knock.admit(waiting, JUN)
    assert knock.ask(admitted, STRANGER, CARD) == admitted


def test_a_newcomer_goes_home_once(waiting: Knock) -> None:
    withdrawn = knock.withdraw(waiting)
    assert withdrawn.state is KnockState.WITHDRAWN
    with pytest.raises(KnockClosedError):
        knock.withdraw(withdrawn)
    with pytest.raises(KnockClosedError):
        knock.admit(withdrawn, MINJI)


def test_a_knock_nobody_answers_expires_after_thirty_days(waiting: Knock) -> None:
    assert knock.expire(waiting, NOW_MS + KNOCK_LIFETIME_MS - 1) == waiting
    expired = knock.expire(waiting, NOW_MS + KNOCK_LIFETIME_MS)
    assert expired.state is KnockState.EXPIRED
    assert expired.alerts(MINJI) is None
    with pytest.raises(KnockClosedError):
        knock.admit(expired, MINJI)


def test_an_answered_knock_never_expires(waiting: Knock) -> None:
    admitted = knock.admit(waiting, JUN)
    assert knock.expire(admitted, NOW_MS + 10 * KNOCK_LIFETIME_MS) == admitted
