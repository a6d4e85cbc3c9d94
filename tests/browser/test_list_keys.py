"""The keys of the staff's list: with Alt they go on, go back and search; alone, or while somebody types, they do nothing."""

from django.utils import timezone

from applications.management.commands.demo import Command
from applications.management.practice import TEAMS


def test_keys_of_the_list_and_of_an_application(walk, practice_call, sign_in, account):
    account("officer@amed.example", staff_agency="AMED", staff_role="OFFICER")
    for team in TEAMS[:2]:
        Command().team(team, practice_call, timezone.now())
    sign_in("officer@amed.example")
    page = walk.page

    # Without a modifier nothing happens; with it the folded filter opens at the search field
    walk.go("/en/staff/applications/")
    search = page.locator("main [name=q]")
    page.keyboard.press("/")
    assert search.is_visible() is False
    page.keyboard.press("Alt+/")
    assert search.evaluate("one => one === document.activeElement") is True
    walk.look("list")

    # Next and previous within the view
    walk.go("/en/staff/applications/?order=first")
    page.locator("main table a").first.click()
    first = page.url
    walk.look("application")
    for key in ("n", "p"):
        page.keyboard.press(key)
    page.wait_for_timeout(300)  # a page that opened would have begun to by now
    assert page.url == first
    page.keyboard.press("Alt+n")
    page.wait_for_url(lambda url: url != first)
    assert page.url.endswith("?order=first")
    page.keyboard.press("Alt+p")
    page.wait_for_url(first)

    # Never while somebody types
    page.locator("main textarea").first.focus()
    page.keyboard.press("Alt+n")
    page.wait_for_timeout(300)  # a page that opened would have begun to by now
    assert page.url == first
    assert "Alt + N" in walk.text()
    assert walk.noise == []
