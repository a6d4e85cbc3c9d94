"""Hazard 19: kill -9 between the server's 250 and our record, and at every other point."""

import os

import pytest
from django.db import connection

from tests.smtp import killing
from tests.smtp.sink import ANSWERED

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="workers are other processes: PostgreSQL's pass"
    ),
]
# 1,000 by hand: SMTP_KILLS=1000 pytest -s tests/smtp/test_kills.py
KILLS = int(os.environ.get("SMTP_KILLS", "30"))
SEED = int(os.environ.get("SMTP_SEED", "0"))


def test_kills_lose_nothing_and_repeat_nothing_to_funders():
    found = killing.kill(KILLS, own=2 * KILLS + 20, letters=KILLS + KILLS // 2, seed=SEED)
    print(f"\n{KILLS} kills: {dict(found)}")  # noqa: T201 -- asked for with -s
    assert found["lost"] == found["taken without a row"] == 0
    assert found["repeats of letters"] == 0
    assert found["notices that stand elsewhere"] == 0
    # At most one mail again for each kill; and kills do find workers between 250 and record
    assert 0 < found["repeats of own"] <= KILLS
    assert 0 < found["letters HELD"] <= KILLS
    # Every mail is where it should be: sent, or held because a kill left it in doubt
    assert found["own HANDED_OVER"] == 2 * KILLS + 20
    assert found["letters HANDED_OVER"] + found["letters HELD"] == KILLS + KILLS // 2


def test_control_without_the_hold_a_funder_gets_a_letter_twice(monkeypatch):
    monkeypatch.setattr(killing, "POINTS", (ANSWERED,))
    found = killing.kill(4, own=0, letters=12, repeats_letters=True)
    assert found["repeats of letters"] > 0
