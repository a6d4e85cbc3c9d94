"""Readings in Latin letters: what a colleague types who knows how the name sounds."""

import pytest

from directory.models import Researcher, search_key
from directory.romaji import romaji


@pytest.mark.parametrize(
    ("kana", "spellings"),
    [
        ("すずき いちろう", {"suzuki ichirou", "suzuki ichiro", "suzuki itirou", "suzuki itiro"}),
        ("ｽｽﾞｷ", {"suzuki"}),
        ("おおの", {"oono", "ono"}),
        ("しんじ", {"shinji", "sinzi"}),
        ("きょうこ", {"kyouko", "kyoko"}),
        ("じゅん", {"jun", "zyun"}),
        ("はっとり", {"hattori"}),
        ("まっちゃ", {"matcha", "mattya"}),
        ("ゆうき", {"yuuki", "yuki"}),
        ("ヴィクター", {"vikutaa"}),
        ("ふじた", {"fujita", "huzita"}),
        ("山田", set()),
        ("", set()),
    ],
)
def test_a_reading_is_spelt_in_every_usual_way(kana, spellings):
    assert set(romaji(kana)) == spellings


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["Suzuki", "suzuki", "ｽｽﾞｷ", "すずき", "鈴木", "Ichirō", "ichiro"])
def test_a_person_without_latin_names_is_found_by_the_sound_of_the_reading(typed):
    person = Researcher.objects.create(name="鈴木 一郎", reading="すずき いちろう")

    assert search_key(typed) in person.search_text


@pytest.mark.django_db
def test_without_a_reading_there_is_no_sound_to_find():
    """Negative control: kanji alone do not tell how they are read."""
    person = Researcher.objects.create(name="鈴木 一郎")

    assert "suzuki" not in person.search_text
