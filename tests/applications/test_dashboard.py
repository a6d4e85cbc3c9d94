"""The dashboard: every number is a plain count of what is there, and its link leads to exactly so many rows."""

import csv
import io
import random
import re
from datetime import UTC, datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from applications.filters import EXPLAINED, ApplicationFilter
from applications.models import (
    Application,
    Invitation,
    Membership,
    Message,
    Notice,
    ReliedGrant,
    TeamLetter,
    Version,
)
from applications.queries.facets import facets
from directory.models import Edition, ErasureRequest
from tests.applications.factories import (
    ApplicationFactory,
    MembershipFactory,
    NoticeFactory,
    ProofFactory,
    ReliedGrantFactory,
)
from tests.directory.factories import (
    AgencyFactory,
    CallFactory,
    CountryFactory,
    EditionFactory,
    GrantFactory,
    ParticipationFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

INDEX = reverse("applications:staff")
JAPAN = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 5, 20, 3, 0, tzinfo=UTC)
DAY = timedelta(days=1)
STATES = (
    *("DRAFT",) * 4,
    *("SUBMITTED", "SUBMITTED", "SCREENING", "SCREENING", "RETURNED", "RETURNED"),
    *("ACCEPTED", "NOT_ACCEPTED", "ADOPTED", "WITHDRAWN", "WITHDRAWN"),
)
NUMBER = re.compile(r'<a href="([^"]+)">(?:<strong class="counts__number">)?(\d+)\b')


class Portal:
    """Two agencies, several calls, applications in every state: drawn, and the same on every run."""

    def __init__(self, *, teams: bool = True) -> None:
        self.chance = random.Random(20_261_126)
        self.edition = EditionFactory()
        self.funders = [
            AgencyFactory(
                slug=f"f{place}", acronym=f"F{place}", country=CountryFactory(code=country)
            )
            for place, country in enumerate(["NO", "NO", "US", "US", "FR", "SE"])
        ]
        for place, funder in enumerate(self.funders[:5]):
            kind = "EXISTING_OR_ADDITIONAL" if place in (1, 4) else "EXISTING"
            ParticipationFactory(edition=self.edition, agency=funder, position=place + 1, kind=kind)
        self.last = self.call("amed-last", opens_at=NOW - 300 * DAY, closes_at=NOW - 200 * DAY)
        self.open = self.call("amed-open", opens_at=NOW - 40 * DAY, closes_at=NOW + 10 * DAY)
        self.next = self.call("amed-next", opens_at=NOW + 20 * DAY, closes_at=NOW + 80 * DAY)
        self.theirs = self.call(
            "jst-open", owner="JST", opens_at=NOW - 40 * DAY, closes_at=NOW + 5 * DAY
        )
        self.colleague = UserFactory(staff_agency="AMED", staff_role="OFFICER", name="Colleague")
        for call, number in ((self.last, 15), (self.open, 30), (self.theirs, 6)) if teams else ():
            for place in range(number):
                self.application(call, STATES[place % len(STATES)])
        for asked, confirmed in ((False, False), (True, False), (True, True)) if teams else ():
            self.draft(asked, confirmed)

    def call(self, code, **fields):
        return CallFactory(code=code, edition=self.edition, **{"owner": "AMED", **fields})

    def sometimes(self) -> bool:
        return self.chance.random() < 0.5

    def application(self, call, status) -> None:
        was_draft = status == "DRAFT" or (status == "WITHDRAWN" and self.sometimes())
        late = self.chance.choice([NOW - DAY, NOW + DAY])
        one = ApplicationFactory(
            call=call,
            **({} if was_draft else {"submitted": True}),
            status=status,
            returned_until=late if status == "RETURNED" else None,
            return_reason="The area" if status == "RETURNED" else "",
            assigned_to=self.colleague if self.sometimes() else None,
        )
        if not was_draft:
            self.submitted(one)
        partners = [
            MembershipFactory(team=one.team, unconfirmed=self.sometimes(), removed_at=removed)
            for removed in self.chance.choice([(), (None,), (None, None), (None, NOW), (NOW,)])
        ]
        MembershipFactory(lead=True, team=one.team)
        for partner in partners:
            self.partner(one, partner, was_draft)
        self.mail(one)
        for _letter in range(self.chance.choice([0, 0, 1, 2])):
            self.letter(one)

    def draft(self, asked, confirmed) -> None:
        """One that stands still at a stage, whatever is drawn."""
        one = ApplicationFactory(call=self.open)
        MembershipFactory(lead=True, team=one.team)
        partner = MembershipFactory(team=one.team, unconfirmed=not confirmed)
        if asked:
            self.invitation(one, partner)

    def submitted(self, one) -> None:
        """Near midnight in Japan, where a day of another calendar would be another day."""
        day = self.chance.choice([1, 1, 3, 8, 20])
        opens = one.call.opens_at.astimezone(JAPAN).replace(hour=0, minute=0)
        first = opens + day * DAY + self.chance.choice([-1, 0, 1]) * timedelta(seconds=1)
        for number in range(1, self.chance.choice([1, 1, 3]) + 1):
            at = first + (number - 1) * DAY
            Version.objects.create(
                *(), application=one, number=number, content={}, sha256="0" * 64,
                web_clock=at, database_clock=at,
            )  # fmt: skip
        Application.objects.filter(pk=one.pk).update(version=number, submitted_at=at, changed_at=at)

    def partner(self, one, partner, was_draft) -> None:
        if self.sometimes():
            self.invitation(one, partner)
        for funder in self.chance.sample([*self.funders, None], self.chance.choice([0, 1, 2, 3])):
            other = "" if funder else "Another"
            ReliedGrantFactory(
                application=one,
                grant=GrantFactory(holder=partner.researcher, agency=funder, agency_other=other),
                # Added after the submission, a grant has no verdict and does not stand yet.
                verdict="" if was_draft or self.sometimes() else "FITS",
                removed_at=self.chance.choice([None, None, NOW - 400 * DAY, NOW + DAY]),
            )
            if funder:
                self.notice(one, partner, funder)

    def invitation(self, one, partner) -> None:
        Invitation.objects.create(
            membership=partner, application=one, email="kari@example.no", language="en",
            token_digest=f"{partner.pk}", created_at=NOW - 5 * DAY, expires_at=NOW + 5 * DAY,
            created_by=self.colleague,
        )  # fmt: skip

    def notice(self, one, partner, funder) -> None:
        state = self.chance.choice(["NOT_YET_DUE", "DUE", "RECORDED", "RECORDED", "HELD"])
        recorded = {"channel": "EMAIL", "done_on": NOW.date()} if state == "RECORDED" else {}
        NoticeFactory(
            application=one,
            holder=partner,
            agency=funder,
            state=state,
            proof=ProofFactory(application=one) if self.sometimes() else None,
            removed_at=NOW if self.chance.random() < 0.2 else None,
            **recorded,
        )

    def mail(self, one) -> None:
        state = self.chance.choice(["WAITING", "SENDING", "HELD", "FAILED", "BOUNCED"])
        Message.objects.create(
            dedupe_key=f"receipt:{one.pk}", kind="RECEIPT", application=one, state=state,
            recipient="lead@example.org", subject="Receipt", text="Text",
            created_at=NOW - timedelta(minutes=one.pk % 500), available_at=NOW,
            handed_over_at=NOW if state == "BOUNCED" else None,
        )  # fmt: skip

    def letter(self, one) -> None:
        way = self.chance.choice(
            [{}, {"dropped_at": NOW}, {"released_at": NOW, "released_by": self.colleague}]
        )
        TeamLetter.objects.create(
            application=one, act="RETURN", language="en", subject="Letter", text="Text",
            drafted_at=NOW, drafted_by=self.colleague, **way,
        )  # fmt: skip


@pytest.fixture
def portal(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return Portal()


@pytest.fixture
def calls(db):
    """The calls alone, without any team."""
    return Portal(teams=False)


@pytest.fixture
def officer(client, monkeypatch):
    client.force_login(UserFactory(staff_agency="AMED", staff_role="OFFICER"))
    monkeypatch.setattr("applications.views.dashboard.timezone.now", lambda: NOW)
    monkeypatch.setattr("applications.filters.applications.timezone.now", lambda: NOW)
    return client


# -- a plain count, object by object: no query of ours --------------------------------------------
def live(call):
    return [one for one in Application.objects.filter(call=call) if one.status != "WITHDRAWN"]


def partners_of(one):
    members = Membership.objects.filter(team=one.team_id)
    return [who for who in members if who.role == "PARTNER" and who.removed_at is None]


def stage_of(one) -> int:
    """0 begun, 1 asked, 2 confirmed, 3 submitted."""
    if one.version:
        return 3
    if any(who.confirmed_at for who in partners_of(one)):
        return 2
    asked = {invitation.membership_id for invitation in Invitation.objects.filter(application=one)}
    return 1 if asked & {who.pk for who in partners_of(one)} else 0


def standing(one) -> list[ReliedGrant]:
    found = []
    for relied in ReliedGrant.objects.filter(application=one).select_related("grant__agency"):
        there = relied.removed_at is None or (
            one.submitted_at is not None and relied.removed_at > one.submitted_at
        )
        if there and (relied.verdict or not one.version):
            found.append(relied)
    return found


def funders_of(one) -> set[str]:
    return {relied.grant.agency.slug if relied.grant.agency else "" for relied in standing(one)}


def first_day(one):
    clocks = [version.database_clock for version in Version.objects.filter(application=one)]
    return min(clocks).astimezone(JAPAN).date()


def submitted_by(call, day) -> int:
    return sum(1 for one in live(call) if one.version and first_day(one) <= day)


def numbers(picture, *places):
    """The cells of a picture's table, without their links."""
    return [
        tuple(plain(row[place]) for place in places or range(len(row))) for row in picture["rows"]
    ]


def plain(cell):
    text = unescape(re.sub(r"<[^>]+>", "", str(cell)))
    return int(text) if text.isdigit() else text


def ours():
    return [one for one in Application.objects.all() if one.call.owner == "AMED"]


# -- the numbers --------------------------------------------------------------------------------------
@pytest.mark.parametrize("code", ["amed-open", "amed-last", "amed-next"])
def test_every_number_of_a_call_is_the_plain_count(officer, portal, code):
    call = {one.code: one for one in (portal.open, portal.last, portal.next)}[code]
    page = officer.get(INDEX, {"call": code}).context
    teams = live(call)

    came = [stage_of(one) for one in teams]
    assert [row[1] for row in numbers(page["funnel"])] == [
        sum(1 for one in came if one >= stage) for stage in range(4)
    ]
    relied = [funders_of(one) for one in teams]
    listed = {f"f{place}" for place in range(5)}
    assert [row[3] for row in numbers(page["funders"])] == [
        *(sum(1 for one in relied if f"f{place}" in one) for place in range(5)),
        sum(1 for one in relied if one - listed),
    ]
    assert set(numbers(page["coverage"])) == {
        ("Norway", count(relied, "f0", "f1"), count(relied, "f1")),
        ("US", count(relied, "f2", "f3"), 0),
        ("FR", count(relied, "f4"), count(relied, "f4")),
    }
    states = [
        notice.state for notice in Notice.objects.filter(application__call=call, removed_at=None)
    ]
    assert [row[1] for row in numbers(page["notices"])] == [
        states.count(state)
        for state in (
            *("NOTHING_OWED", "NOT_YET_DUE", "DUE", "RELEASED", "HANDED_OVER", "RECORDED"),
            *("ACKNOWLEDGED", "NOT_SENT_BY_CHOICE", "FAILED", "BOUNCED", "HELD"),
        )
    ]
    assert page["without_proof"].count == sum(
        1
        for notice in Notice.objects.filter(application__call=call, removed_at=None)
        if notice.state == "RECORDED" and notice.proof_id is None
    )


def count(relied, *slugs) -> int:
    return sum(1 for one in relied if one & set(slugs))


def test_submissions_add_up_day_by_day_beside_those_of_the_last_call(officer, portal):
    rows = numbers(officer.get(INDEX, {"call": "amed-open"}).context["curve"])

    closes = {one: one.closes_at.astimezone(JAPAN).date() for one in (portal.open, portal.last)}
    assert [row[0] for row in rows] == sorted({row[0] for row in rows}, reverse=True)
    assert {row[0] for row in rows} == {10, 0} | {
        (closes[call] - first_day(one)).days for call in closes for one in live(call) if one.version
    }
    for left, now, last in rows:
        assert last == submitted_by(portal.last, closes[portal.last] - left * DAY)
        to_come = left < 10
        assert now == (
            "–" if to_come else submitted_by(portal.open, closes[portal.open] - left * DAY)
        )


def test_what_waits_and_the_mail_are_plain_counts_of_the_own_agency(officer, portal):
    page = officer.get(INDEX).context
    mails = [one.state for one in Message.objects.all() if one.application.call.owner == "AMED"]

    letters = {
        one.application_id
        for one in TeamLetter.objects.filter(released_at=None, dropped_at=None)
        # A letter about a return is of no use once its date has passed.
        if one.application.returned_until is None or one.application.returned_until > NOW
    }
    assert [one.count for one in page["waiting"]] == [
        sum(1 for one in ours() if one.status == "SUBMITTED"),
        sum(1 for one in ours() if one.status == "SCREENING"),
        sum(1 for one in ours() if one.status == "SCREENING" and one.assigned_to_id is None),
        sum(1 for one in ours() if one.status == "RETURNED" and one.team_has_until <= NOW),
        sum(1 for one in ours() if one.status == "ACCEPTED"),
        sum(1 for one in ours() if one.pk in letters and one.status != "WITHDRAWN"),
    ]
    assert [row[1] for row in numbers(page["queue"])] == [
        mails.count(state) for state in ("WAITING", "SENDING", "HELD", "FAILED", "BOUNCED")
    ]
    assert page["trouble"].count == mails.count("HELD") + mails.count("FAILED")
    for open_call, shown in zip([portal.open], page["opened"], strict=True):
        assert [one.count for one in shown["numbers"]] == [
            len(live(open_call)),
            sum(1 for one in live(open_call) if one.version),
        ]


def test_the_world_of_these_tests_has_no_number_that_is_right_by_being_nothing(officer, portal):
    """Negative control: a count that forgot its condition would differ."""
    page = officer.get(INDEX, {"call": "amed-open"}).context

    begun, asked, confirmed, submitted = (row[1] for row in numbers(page["funnel"]))
    assert begun > asked > confirmed > submitted > 0
    assert all(row[3] for row in numbers(page["funders"]))
    assert all(one.count for one in page["waiting"])
    assert page["without_proof"].count > 0
    assert len({row[1] for row in numbers(page["curve"])}) > 3


# -- the links --------------------------------------------------------------------------------------
@pytest.mark.parametrize("code", ["amed-open", "amed-last"])
def test_every_number_leads_to_a_list_of_exactly_so_many_rows(officer, portal, code):
    content = officer.get(INDEX, {"call": code}).content.decode()
    found = {(unescape(address), int(number)) for address, number in NUMBER.findall(content)}

    assert len(found) > 40
    lists = {address: officer.get(address) for address, _number in found}
    assert {address: answer.status_code for address, answer in lists.items()} == dict.fromkeys(
        lists, 200
    )
    wrong = {
        address: (number, lists[address].context["page_obj"].paginator.count)
        for address, number in found
        if number != lists[address].context["page_obj"].paginator.count
    }
    assert wrong == {}


def test_the_mail_that_waits_and_that_is_stuck_have_lists_too(officer, portal):
    page = officer.get(INDEX).context
    waits, stuck = page["queue"]["address"], page["trouble"].address

    states = [row[1] for row in numbers(page["queue"])]
    assert officer.get(waits).context["page_obj"].paginator.count == states[0] + states[1]
    assert officer.get(stuck).context["page_obj"].paginator.count == states[2] + states[3]


def test_a_filter_of_the_dashboard_stands_in_the_form_only_where_the_address_asks(officer, calls):
    address = reverse("applications:staff_applications")

    assert "stage" not in officer.get(address).context["form"].fields
    narrowed = officer.get(address, {"stage": "SUBMITTED"})
    assert (
        narrowed.context["form"].fields["stage"].label == "Stage reached (without those withdrawn)"
    )
    assert "Remove this filter:" in narrowed.content.decode()
    assert officer.get(address, {"stage": "NONE"}).context["rows"] == []


# -- which call, whose, and when ------------------------------------------------------------------
def test_the_call_is_held_in_the_address_and_another_agencys_is_as_absent_as_none(officer, calls):
    assert officer.get(INDEX).context["call"] == calls.open
    assert officer.get(INDEX, {"call": "amed-last"}).context["call"] == calls.last
    theirs = officer.get(INDEX, {"call": "jst-open"})
    never = officer.get(INDEX, {"call": "never"})
    assert (theirs.status_code, never.status_code) == (404, 404)
    shown = officer.get(INDEX).content.decode()
    assert "jst-open" not in shown


def test_the_page_says_when_it_counted_and_gives_deadlines_in_both_clocks(officer, calls):
    shown = officer.get(INDEX).content.decode()

    assert "Counted anew for this page, at Wednesday 20 May 2026, 12:00 JST (UTC+9)." in shown
    assert "Saturday 30 May 2026, 12:00 JST (UTC+9)" in shown
    assert "Saturday 30 May 2026, 03:00 UTC" in shown
    assert "10 days left" in shown


def test_before_a_call_opens_everything_is_0_and_the_opening_is_named(officer, calls):
    answer = officer.get(INDEX, {"call": "amed-next"})

    assert [row[1] for row in numbers(answer.context["funnel"])] == [0, 0, 0, 0]
    assert "The call opens at Tuesday 9 June 2026, 12:00 JST (UTC+9)" in answer.content.decode()
    assert "until then every number is 0" in answer.content.decode()


def test_staff_of_an_agency_without_calls_are_told_so(client):
    client.force_login(UserFactory(staff_agency="JST", staff_role="VIEWER"))

    shown = client.get(INDEX).content.decode()

    assert "Your agency has no call yet." in shown
    assert "No call is open now." in shown


def test_every_row_of_the_real_list_is_there_with_0_where_no_team_is(client, scene):
    client.force_login(UserFactory(staff_agency="AMED", staff_role="VIEWER"))

    page = client.get(INDEX).context

    rows = numbers(page["funders"])
    assert len(rows) == 29 + 1
    assert {row[0].split()[0]: row[3] for row in rows if row[3]} == {"RCN": 1}
    assert len(page["coverage"]["rows"]) == 11


# -- what it costs, and what happens when a drawing fails -----------------------------------------------
@pytest.mark.parametrize("number", [1, 3])
def test_the_dashboard_costs_the_same_for_three_applications_as_for_one(
    client, django_assert_num_queries, settings, tmp_path, number
):
    from tests.applications.twins import world

    settings.MEDIA_ROOT = tmp_path
    first = world("AMED")
    for place in range(1, number):
        made = world("AMED", number=place)
        Application.objects.filter(pk=made.application.pk).update(call=first.call)
    ParticipationFactory(edition=first.call.edition, agency=first.notice.agency)
    client.force_login(first.staff)

    # session, user, calls, mail, states, letters, stages, submissions, rows of the list, who relies
    # on what, notices, switch of mail
    with django_assert_num_queries(13):  # the drafts of the list among them
        answer = client.get(INDEX, {"call": first.call.code})

    assert [row[1] for row in numbers(answer.context["funnel"])] == [number] * 4


PICTURES = ["funnel", "curve", "coverage", "notices", "queue"]


@pytest.mark.parametrize("broken", PICTURES)
def test_a_drawing_that_fails_leaves_its_sentence_and_its_table(
    officer, calls, monkeypatch, caplog, broken
):
    whole = officer.get(INDEX)

    def fail(*_args):
        raise ValueError("no room")

    monkeypatch.setattr(f"applications.views.dashboard_figures.draw_{broken}", fail)
    hurt = officer.get(INDEX)

    assert hurt.status_code == 200
    assert hurt.context[broken]["drawing"] == ""
    for kept in ("finding", "rows"):
        assert hurt.context[broken][kept] == whole.context[broken][kept]
    assert f'id="{broken}-title"' not in hurt.content.decode()
    assert f'id="table-{broken}"' in hurt.content.decode()
    others = [one for one in PICTURES if one != broken]
    assert all(f'id="{one}-title"' in hurt.content.decode() for one in others)
    assert f"A picture of the dashboard could not be drawn: {broken}" in caplog.messages


# -- the numbers beside the choices of the list, in the same world ---------------------------------
@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"call": "amed-open", "funder_country": "NO"},
        {"participation": "EXISTING_OR_ADDITIONAL", "funder_country": "FR"},
        {"agency": "f0", "funder_country": "NO"},
        {"agency": "f0", "funder_country": "US", "participation": "EXISTING"},
        {"agency": "other", "country": "NO", "stage": "SUBMITTED"},
        {"agency": "f1", "participation": "EXISTING_OR_ADDITIONAL", "assigned": "nobody"},
    ],
    ids=lambda asked: "-".join(asked) or "nothing",
)
def test_each_number_beside_a_choice_is_how_many_the_list_then_shows(officer, portal, rf, asked):
    request = rf.get("/")
    request.user = portal.colleague
    among = Application.objects.filter(call__owner="AMED")

    def listed(**more):
        found = ApplicationFilter({**asked, **more}, queryset=among, request=request)
        assert found.is_valid(), found.errors
        return found

    found = listed()
    counts = facets(found, EXPLAINED)
    numbers = {
        (name, value): counts[name][value]
        for name in counts
        for value, _label in found.form.fields[name].choices
        if value and (name != "country" or counts[name][value])
    }
    shown = {(name, value): listed(**{name: value}).qs.count() for name, value in numbers}

    assert numbers == shown
    assert len(numbers) > 20


# -- the tables: every count a link, and each table a file ------------------------------------------
TABLES = ("funnel", "curve", "coverage", "funders", "notices", "queue")


@pytest.mark.parametrize("role", ["OFFICER", "APPROVER"])
def test_every_count_of_every_table_is_a_link(client, portal, role):
    reader = UserFactory(staff_agency="AMED", staff_role=role)
    person = UserFactory(name="Kari")
    membership = MembershipFactory(team=Application.objects.filter(call=portal.open)[0].team)
    membership.researcher.user = person
    membership.researcher.save()
    ErasureRequest.objects.create(
        user=person, requested_at=NOW - DAY, handled_at=NOW, handled_by=reader
    )
    ErasureRequest.objects.create(user=person, requested_at=NOW)
    client.force_login(reader)
    answer = client.get(INDEX, {"call": "amed-open"})
    page = answer.context

    bare = [
        (name, row[0], cell)
        for name in TABLES
        for row in page[name]["rows"]
        for column, cell in list(zip(page[name]["columns"], row, strict=True))[1:]
        if column["numeric"] and re.fullmatch(r"\d+", str(cell))
    ]
    links = sum(
        str(cell).startswith('<a href="/')
        for name in TABLES
        for row in page[name]["rows"]
        for cell in row
    )

    assert bare == []
    assert links > 50
    if role == "APPROVER":
        erasures = reverse("applications:staff_erasures")
        (shown,) = (
            number
            for address, number in NUMBER.findall(answer.content.decode())
            if address == erasures
        )
        assert (
            int(shown)
            == page["erasures_open"]
            == len(client.get(erasures).context["open_rows"])
            == 1
        )


def test_drafts_of_the_list_are_counted_for_their_own_agency_alone(officer, portal):
    """An approver learns on the first page that a list waits; a draft of JST's is nobody's here."""
    for owner in ("AMED", "AMED", "JST"):
        EditionFactory(
            code=f"{owner.lower()}-{Edition.objects.count()}", owner=owner, published_at=None
        )
    page = officer.get(INDEX)
    assert page.context["list_drafts"] == 2
    shown = dict(NUMBER.findall(page.content.decode()))
    assert shown[reverse("applications:staff_editions")] == "2"


@pytest.mark.parametrize("name", TABLES)
def test_each_table_comes_as_a_file_with_the_same_rows(officer, portal, name):
    page = officer.get(INDEX, {"call": "amed-open"})
    address = page.context[name]["download"]
    assert f'href="{address}"' in page.content.decode()

    answer = officer.get(address)
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    heading, *rows = csv.reader(io.StringIO(text, newline=""))

    of = "" if name == "queue" else "amed-open-"
    assert answer["Content-Disposition"] == f'attachment; filename="{of}{name}.csv"'
    assert heading == [str(column["label"]) for column in page.context[name]["columns"]]
    assert rows == [[str(plain(cell)) for cell in row] for row in page.context[name]["rows"]]
    assert "<" not in text


def test_a_file_is_as_absent_as_its_page_and_its_cells_are_safe(officer, client, portal):
    def at(name, **asked):
        return officer.get(reverse("applications:staff_figure", args=[name]), asked)

    assert at("waiting").status_code == at("lists").status_code == 404
    assert (
        at("funnel", call="jst-open").status_code == at("funnel", call="never").status_code == 404
    )
    portal.funders[0].acronym = "=1+1"
    portal.funders[0].save()
    text = b"".join(at("funders", call="amed-open").streaming_content).decode()
    assert "'=1+1" in text
    client.force_login(UserFactory())
    assert at("funnel").status_code == 404
