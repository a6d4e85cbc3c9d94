"""The effect of a draft of the list takes longer than one piece: the page goes on by itself, or by a button without scripts."""

import pytest
from django.utils import timezone

from applications import actions
from applications.management.commands.demo import Command
from applications.management.practice import TEAMS
from applications.models import EffectPreview
from directory.models import Edition, User
from tests.applications import drafts_of_lists as lists
from tests.applications.test_effects import pieces

OFFICER = "officer@amed.example"
# Three drafts and one that was submitted; the list to come drops all funders of two of the drafts.
CHOSEN = [TEAMS[number] for number in (0, 1, 5, 7)]
DROPPED = ("rcn", "nih-nimh", "erc", "zonmw", "snsf", "stint")


@pytest.fixture
def effect(practice_call, account, monkeypatch):
    """The path below the language of the page of a draft of the list, whose pieces end after one application."""
    for team in CHOSEN:
        Command().team(team, practice_call, timezone.now())
    draft = lists.draft_from(practice_call.edition)
    lists.leaves(draft, *DROPPED)
    account(OFFICER, "ja", name="職員 甲", staff_agency="AMED", staff_role="OFFICER")
    pieces(monkeypatch)
    return f"staff/editions/{draft.code}/effect/"


def strip(walk) -> tuple[str, str | None, str | None]:
    """What the progress bar says in words, and how far it is drawn."""
    bar = walk.page.get_by_role("status").locator("progress")
    assert bar.is_visible()
    words = walk.page.locator(".progress-strip__words").inner_text()
    return words, bar.get_attribute("value"), bar.get_attribute("max")


# What each page's progress bar says and how far it is drawn, noted before the page's own scripts run.
NOTE = """document.addEventListener("readystatechange", () => {
  const strip = document.querySelector(".progress-strip");
  if (document.readyState !== "interactive" || !strip) return;
  const bar = strip.querySelector("progress"), noted = JSON.parse(sessionStorage.noted || "[]");
  noted.push([strip.innerText.trim(), bar.getAttribute("value"), bar.getAttribute("max")]);
  sessionStorage.noted = JSON.stringify(noted);
});"""


def noted(walk) -> list[tuple[str, ...]]:
    found = walk.page.evaluate("JSON.parse(sessionStorage.noted || '[]')")
    return [tuple(one) for one in found]


def test_it_presses_on_by_itself_and_says_in_words_and_numbers_how_far_it_is(walk, sign_in, effect):
    walk.page.add_init_script(NOTE)
    sign_in(OFFICER, "ja")
    walk.go(f"/ja/{effect}")
    posted = []
    walk.page.on("request", lambda one: one.method == "POST" and posted.append(one.post_data))

    # One press of a person; from then on the page presses
    walk.press("影響を算出する")
    walk.page.get_by_text("作成中の応募2件の結果が変わります。").first.wait_for()

    ahead = [(f"応募4件のうち{seen}件を判定しました。", str(seen), "4") for seen in (1, 2, 3, 4)]
    assert noted(walk) == ahead
    assert ["go_on=1" in one for one in posted] == [False, True, True, True, True]
    assert walk.page.get_by_role("status").locator("progress").count() == 0
    the_effect_is_shown(walk, "違いのある応募", [team.title_ja for team in CHOSEN])
    walk.look("done")


def test_opened_by_a_link_half_way_nothing_is_pressed_until_a_person_does(
    walk, sign_in, effect, practice_call
):
    """Negative control: only a page that comes of a press goes on by itself."""
    actions.work_out_effect(
        edition_id=Edition.objects.get(code=effect.split("/")[2]).pk,
        calls=[practice_call.pk],
        by=User.objects.get(email=OFFICER),
        at=timezone.now(),
    )
    sign_in(OFFICER, "ja")

    walk.go(f"/ja/{effect}")
    walk.page.wait_for_load_state("networkidle")

    assert strip(walk) == ("応募4件のうち1件を判定しました。", "1", "4")
    assert EffectPreview.objects.get().seen == 1
    walk.look("half-way")
    walk.press("続ける")
    walk.page.get_by_text("作成中の応募2件の結果が変わります。").first.wait_for()
    the_effect_is_shown(walk, "違いのある応募", [team.title_ja for team in CHOSEN])


@pytest.mark.parametrize("browser_context_args", [{"java_script_enabled": False}], indirect=True)
def test_without_scripts_a_button_does_the_same(walk, sign_in, effect):
    posted = []
    walk.page.on("request", lambda one: one.method == "POST" and posted.append(one.post_data))
    sign_in(OFFICER, "en")
    walk.go(f"/en/{effect}")
    posted.clear()

    walk.press("Work out the effect")
    for seen in (1, 2, 3, 4):
        assert strip(walk) == (f"{seen} of 4 applications judged.", str(seen), "4")
        assert len(posted) == seen  # each by a person's own press
        walk.press("Go on")

    assert "2 drafts would differ; the best verdict of 2 would be another." in walk.text()
    the_effect_is_shown(walk, "Applications that differ", [team.title_en for team in CHOSEN])


@pytest.fixture
def browser_context_args(browser_context_args, request):
    return {**browser_context_args, **getattr(request, "param", {})}


def the_effect_is_shown(walk, heading: str, titles: list[str]) -> None:
    """The picture, and the applications that differ with what each was and becomes."""
    preview = EffectPreview.objects.get()
    assert (preview.seen, preview.total, preview.finished_at is None) == (4, 4, False)
    assert walk.page.get_by_role("heading", name=heading, exact=True).count() == 1
    rows = walk.page.locator("table tbody tr").all_inner_texts()
    named = [[title for title in titles if title in row] for row in rows]
    assert [one for one in named if one] == [[titles[0]], [titles[1]], [titles[3]]]
