"""More invented teams for practice, put together by rote, so that officers can try screening many."""

from applications.management.practice import TEAMS, PracticeTeam

MOST_TEAMS = 99
FAMILIES = (
    ("小林", "Kobayashi", "コバヤシ"),
    ("加藤", "Kato", "カトウ"),
    ("吉田", "Yoshida", "ヨシダ"),
    ("山田", "Yamada", "ヤマダ"),
    ("佐々木", "Sasaki", "ササキ"),
    ("山口", "Yamaguchi", "ヤマグチ"),
    ("松本", "Matsumoto", "マツモト"),
    ("井上", "Inoue", "イノウエ"),
    ("木村", "Kimura", "キムラ"),
    ("林", "Hayashi", "ハヤシ"),
)
GIVEN = (
    ("葵", "Aoi", "アオイ"),
    ("陽斗", "Haruto", "ハルト"),
    ("結衣", "Yui", "ユイ"),
    ("大輔", "Daisuke", "ダイスケ"),
    ("真央", "Mao", "マオ"),
    ("拓也", "Takuya", "タクヤ"),
    ("千尋", "Chihiro", "チヒロ"),
    ("亮", "Ryo", "リョウ"),
    ("明日香", "Asuka", "アスカ"),
)
ORGANS = (
    ("心臓", "the heart"),
    ("肺", "the lung"),
    ("肝臓", "the liver"),
    ("網膜", "the retina"),
    ("皮膚", "the skin"),
    ("腸管", "the gut"),
    ("骨髄", "the bone marrow"),
)
TOPICS = (
    ("{}の再生", "How {} regenerates"),
    ("{}の老化", "How {} ages"),
    ("{}の発生", "How {} develops"),
    ("{}における炎症", "Inflammation in {}"),
)


# How the first grant of a further team stands, and what such a team writes: most fit, some need a look.
STANDS = (
    ("", ""),
    ("", ""),
    ("ENDED", ""),
    ("", ""),
    ("NO_END", "練習用：終了日を資金配分機関に確認しています。"),
    ("", ""),
    ("", ""),
    ("ENDED", "練習用：後継の研究費を申請中です。"),
)


def practice_teams(number: int) -> tuple[PracticeTeam, ...]:
    """Return the teams that are told of above, and as many submitted ones as make up the number.

    The same number gives the same teams, and a greater one adds to them.
    """
    return TEAMS + tuple(_further(place) for place in range(len(TEAMS) + 1, number + 1))


def _further(place: int) -> PracticeTeam:
    """One more team, whose partners are some of those above; lists of different lengths mix by themselves."""
    family, given = FAMILIES[place % len(FAMILIES)], GIVEN[place % len(GIVEN)]
    organ, topic = ORGANS[place % len(ORGANS)], TOPICS[place % len(TOPICS)]
    ready = [one for team in TEAMS for one in team.partners if one.confirmed and one.attested]
    partners = [ready[place % len(ready)], ready[(place + 9) % len(ready)]]
    runs, explanation = STANDS[place % len(STANDS)]
    if runs:  # one of both fits; with an explanation, none does
        partners[0] = partners[0]._replace(runs=runs)
    if explanation:
        partners = partners[:1]
    return PracticeTeam(
        email=f"lead{place}@demo.example",
        lead=(
            f"{family[0]} {given[0]}",
            family[1],
            given[1],
            f"{family[2]} {given[2]}",
        ),
        institution=TEAMS[place % len(TEAMS)].institution,
        erad=f"{90_000_000 + place}",
        title_ja=topic[0].format(organ[0]),
        title_en=topic[1].format(organ[1]),
        until="SUBMITTED",
        partners=tuple(partners),
        years=3 + place % 3,
        budget_jpy=(60 + place * 7 % 56) * 1_000_000,
        explanation=explanation,
    )
