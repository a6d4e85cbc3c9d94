"""Staff lists: one's own agency's calls and nothing else, at a constant cost."""

import pytest
from django.urls import reverse
from django.utils import translation

from applications.models import ApplicationQuerySet
from applications.queries import staff
from tests.applications.exporting import text_of, whole_file
from tests.applications.factories import ApplicationFactory
from tests.applications.twins import world
from tests.directory.factories import CallFactory, UserFactory

pytestmark = pytest.mark.django_db

NAMES = ["applications", "members", "grants", "notices", "events"]
EXPORTS = [
    f"{reverse('applications:staff_export', args=[name])}?format={form}{codes}"
    for name in NAMES
    for form, codes in (("csv", ""), ("csv", "&headers=codes"), ("xlsx", ""))
]


def content_of(response) -> str:
    if not response.streaming:
        return response.content.decode()
    return text_of(b"".join(response.streaming_content))


def files(client) -> dict[str, str]:
    """Every file, with every column, as the form of the export page gives it."""
    return {
        f"{name}.{form}": text_of(whole_file(client, name, format=form, headings=headings))
        for name in NAMES
        for form, headings in (("csv", "WORDS"), ("csv", "CODES"), ("xlsx", "WORDS"))
    }


def pages() -> list[str]:
    return [reverse("applications:staff")] + [reverse(f"applications:staff_{n}") for n in NAMES]


@pytest.fixture
def twins(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return world("AMED"), world("JST")


@pytest.mark.parametrize("owner", ["AMED", "JST"])
def test_no_list_and_no_download_holds_anything_of_the_other_agency(client, twins, owner):
    # Given staff of one of two agencies with the same kind of application
    ours = next(one for one in twins if one.owner == owner)
    theirs = next(one for one in twins if one.owner != owner)
    client.force_login(ours.staff)

    # When every list and every download is opened
    seen = {
        url: content_of(client.get(url))
        for url in [
            *pages()[1:],
            reverse("applications:staff_application", args=[ours.application.pk]),
        ]
    } | files(client)

    # Then each shows our own canary and none of theirs
    for url, content in seen.items():
        assert ours.canary in content, url
        assert theirs.canary not in content, url
    for url in EXPORTS:
        assert theirs.canary not in content_of(client.get(url)), url


def test_other_agencys_application_is_as_absent_as_one_that_never_was(client, twins):
    ours, theirs = twins
    client.force_login(ours.staff)

    there = client.get(reverse("applications:staff_application", args=[theirs.application.pk]))
    never = client.get(reverse("applications:staff_application", args=[10**9]))

    assert (there.status_code, never.status_code) == (404, 404)


def test_without_the_scope_the_twins_would_be_seen(client, twins, monkeypatch):
    """Negative control: the canary test above notices a missing scope."""
    ours, theirs = twins
    monkeypatch.setattr(ApplicationQuerySet, "of_staff", lambda self, user: self)
    client.force_login(ours.staff)

    seen = {url: content_of(client.get(url)) for url in pages()[1:]} | files(client)
    assert [url for url, content in seen.items() if theirs.canary not in content] == []


def test_counts_and_searches_do_not_tell_of_the_other_agency(client, twins):
    ours, theirs = twins
    client.force_login(ours.staff)

    index = client.get(reverse("applications:staff"))
    assert [one.count for one in index.context["waiting"]] == [1, 0, 0, 0, 0, 0]
    assert theirs.canary not in index.content.decode()
    for name in NAMES:
        found = client.get(reverse(f"applications:staff_{name}"), {"q": theirs.canary})
        assert found.context["rows"] == []
        chosen = client.get(reverse(f"applications:staff_{name}"), {"call": theirs.call.code})
        assert chosen.context["form"].errors.keys() == {"call"}
        assert theirs.call.title_en not in chosen.content.decode()


@pytest.mark.parametrize("url", ["staff", *(f"staff_{name}" for name in NAMES)])
def test_staff_pages_do_not_exist_for_others_and_ask_strangers_to_sign_in(client, url):
    address = reverse(f"applications:{url}")
    assert client.get(address).status_code == 302
    client.force_login(UserFactory())
    assert client.get(address).status_code == 404
    assert client.post(address).status_code in (404, 405)


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(
    "name, queries",
    [
        # A page that is not full tells the number of rows without a count.
        # Each: session, user, calls, page, whether recorded today, the record, switch of mail.
        # … funders to choose, numbers beside the choices 6 (see test_screening_list.py)
        ("applications", 17),
        ("members", 7),
        ("grants", 9),  # … funders, attestations
        ("notices", 8),  # … funders
        ("events", 7),
    ],
)
def test_lists_cost_the_same_for_three_rows_as_for_one(
    client, django_assert_num_queries, settings, tmp_path, name, queries, number
):
    settings.MEDIA_ROOT = tmp_path
    worlds = [world("AMED", number=index) for index in range(number)]
    client.force_login(worlds[0].staff)

    with django_assert_num_queries(queries):
        response = client.get(reverse(f"applications:staff_{name}"))

    people = 2 if name == "members" else 1
    assert len(response.context["rows"]) == number * people


@pytest.mark.parametrize("number", [1, 3])
def test_page_of_an_application_costs_the_same_for_three_people_as_for_one(
    client, django_assert_num_queries, settings, tmp_path, number
):
    from tests.applications.factories import EventFactory, MembershipFactory, NoticeFactory

    settings.MEDIA_ROOT = tmp_path
    one = world("AMED")
    for _time in range(number - 1):
        partner = MembershipFactory(team=one.application.team)
        NoticeFactory(application=one.application, holder=partner)
        EventFactory(application=one.application)
    client.force_login(one.staff)

    # session, user, application; whether recorded today, the record; answers 3; people; grants 2; notices; events; crossed-out people,
    # grants and notices; grants and people of this and of other teams 4; proofs and what they show 5; invitations;
    # the team judged 6, and its last version, for what would change a result; last move, letters to the team, notes, mails, versions;
    # the applications before and after it 2; switch of mail; the lists it can be asked by
    with django_assert_num_queries(42):
        response = client.get(reverse("applications:staff_application", args=[one.application.pk]))

    assert response.status_code == 200


@pytest.mark.parametrize("typed", ["ｶﾅﾘｱ", "カナリア", "かなりあ", "ＫＡＮＡ", "kana かなりあ"])
def test_search_folds_width_case_and_kana(client, typed):
    call = CallFactory(owner="AMED")
    found = ApplicationFactory(call=call, title_en="KANA", title_ja="カナリア")
    ApplicationFactory(call=call, title_en="other", title_ja="別")
    client.force_login(UserFactory(staff_agency="AMED", staff_role="VIEWER"))

    response = client.get(reverse("applications:staff_applications"), {"q": typed})

    assert [row["name"] for row in response.context["rows"]] == [found.team.ref]


@pytest.mark.parametrize(
    "typed, found",
    [("hanako@u.example", 1), ("hanako@", 2), ("@u.example", 1), ("HANAKO@V", 1), ("@", 2)],
)
def test_an_address_is_found_whole_or_in_part(client, typed, found):
    call = CallFactory(owner="AMED")
    for address in ("hanako@u.example", "hanako@v.example"):
        ApplicationFactory(call=call, search_text=f"cells {address}")
    client.force_login(UserFactory(staff_agency="AMED", staff_role="VIEWER"))

    response = client.get(reverse("applications:staff_applications"), {"q": typed})

    assert len(response.context["rows"]) == found


@pytest.mark.parametrize(
    "number, page, shown, found, queries",
    [
        # session, user, calls, colleagues, funders, numbers 6, page, whether recorded today, the
        # record, switch of mail
        (0, 1, 0, 0, 15),
        (50, 1, 50, 50, 17),  # … people and funders
        (51, 1, 50, 51, 18),  # … and a count: more rows follow
        (51, 2, 1, 51, 17),
        (100, 2, 50, 100, 17),
    ],
)
def test_only_a_full_page_with_more_behind_it_is_counted(
    client, django_assert_num_queries, number, page, shown, found, queries
):
    ApplicationFactory.create_batch(number, call=CallFactory(owner="AMED"))
    client.force_login(UserFactory(staff_agency="AMED", staff_role="VIEWER"))

    with django_assert_num_queries(queries):
        response = client.get(reverse("applications:staff_applications"), {"page": page})

    assert len(response.context["rows"]) == shown
    assert response.context["page_obj"].paginator.count == found


@pytest.mark.parametrize("page", ["0", "-1", "2", "x", "", "1.5", "9" * 30])
def test_a_page_that_does_not_exist_is_not_found(client, page):
    ApplicationFactory(call=CallFactory(owner="AMED"))
    client.force_login(UserFactory(staff_agency="AMED", staff_role="VIEWER"))

    response = client.get(reverse("applications:staff_applications"), {"page": page})

    assert response.status_code == 404


def test_counts_stop_at_the_cap_and_no_page_lies_beyond_it(client, monkeypatch):
    monkeypatch.setattr(staff, "MOST_COUNTED", 100)
    call = CallFactory(owner="AMED")
    ApplicationFactory.create_batch(101, call=call)
    client.force_login(UserFactory(staff_agency="AMED", staff_role="VIEWER"))
    address = reverse("applications:staff_applications")

    last = client.get(address, {"page": 2})

    assert "more than 100" in last.content.decode()
    assert len(last.context["rows"]) == 50
    assert client.get(address, {"page": 3}).status_code == 404
    download = client.get(reverse("applications:staff_export", args=["applications"]))
    assert content_of(download).count("\r\n") == 102


@pytest.mark.parametrize("name", NAMES)
def test_download_holds_exactly_the_filtered_rows(client, twins, name):
    ours, _theirs = twins
    client.force_login(ours.staff)
    address = reverse("applications:staff_export", args=[name])

    everything = content_of(client.get(address, {"q": ours.canary}))
    nothing = content_of(client.get(address, {"q": "zzz"}))
    wrong = client.get(address, {"call": "0"})

    assert everything.count("\r\n") >= 2
    assert nothing.count("\r\n") == 1
    assert (wrong.status_code, wrong["Location"]) == (
        302,
        f"{reverse(f'applications:staff_{name}')}?call=0",
    )


@pytest.mark.parametrize(
    "name, query, rows",
    [
        ("applications", {"state": "SUBMITTED", "verdict": "FITS", "explained": "false"}, 1),
        ("applications", {"state": "DRAFT"}, 0),
        ("applications", {"explained": "true"}, 0),
        ("members", {"role": "LEAD"}, 1),
        ("members", {"confirmed": "true"}, 1),
        ("members", {"confirmed": "false"}, 1),
        ("grants", {"verdict": "FITS_IF", "q": "kanaria-1"}, 1),
        ("grants", {"verdict": "FITS"}, 0),
        ("notices", {"state": "RECORDED", "strength": "REQUESTED"}, 1),
        ("notices", {"state": "DUE"}, 0),
        ("events", {"act": "SUBMIT", "since": "2026-05-20", "until": "2026-05-20"}, 1),
        ("events", {"until": "2026-05-19"}, 0),
    ],
)
def test_filters(client, twins, name, query, rows):
    client.force_login(twins[0].staff)

    response = client.get(reverse(f"applications:staff_{name}"), query)

    assert response.context["form"].errors == {}
    assert len(response.context["rows"]) == rows


@pytest.mark.parametrize(
    ("language", "titles"),
    [("en", ["Cells", "地図だけ"]), ("ja", ["地図だけ", "細胞"])],
)
def test_the_title_stands_in_the_readers_language_or_as_there_is(client, language, titles):
    call = CallFactory(owner="AMED")
    ApplicationFactory(call=call, title_en="", title_ja="地図だけ")
    ApplicationFactory(call=call, title_en="Cells", title_ja="細胞")
    client.force_login(UserFactory(staff_agency="AMED", staff_role="VIEWER"))

    with translation.override(language):
        address = reverse("applications:staff_applications")
    found = client.get(address)

    shown = [
        cell
        for row in found.context["rows"]
        for how, cell in row["cells"]
        if 'class="title"' in how
    ]
    assert sorted(shown) == sorted(titles)
