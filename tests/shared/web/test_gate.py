"""Sessions remembered for a moment."""

import pytest

from shared.ids import new_id
from shared.web import gate
from shared.web.gate import Remembered, Session


def session(token: str) -> Session:
    return Session(token=token, person_id=new_id(), handle=new_id(), grants=frozenset())


def test_a_session_is_remembered_for_half_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(gate.time, "monotonic", lambda: now[0])
    remembered, known = Remembered(), session("a")
    assert remembered.get("a") is None
    remembered.keep(known)
    assert remembered.get("a") is known
    assert remembered.get("b") is None
    now[0] += 29.9
    assert remembered.get("a") is known
    now[0] += 0.1
    assert remembered.get("a") is None


def test_a_forgotten_session_is_asked_for_again() -> None:
    remembered = Remembered()
    remembered.keep(session("a"))
    remembered.forget("a")
    remembered.forget("never kept")
    assert remembered.get("a") is None


def test_no_more_sessions_are_remembered_than_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "MOST_REMEMBERED", 3)
    remembered = Remembered()
    for token in "abcd":
        remembered.keep(session(token))
    assert [token for token in "abcd" if remembered.get(token)] == ["d"]
