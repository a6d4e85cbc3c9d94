"""How far an erasure reaches: into every place of the person's own, and into nobody else's."""

import csv
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from allauth.account.models import EmailAddress
from django.core.management import call_command
from django.urls import reverse

from applications import actions, models
from applications.actions import claiming, emptying, erasing
from applications.queries import traces
from applications.queries.erasing import outlook
from applications.queries.erasures import requests_of_staff
from applications.queries.submitted import touched
from directory.models import Erasure, ErasureRequest, Researcher, User
from tests.append_only import lifted
from tests.applications import invited, releasing, scenes
from tests.applications.factories import CREATED_AT
from tests.applications.twins import world
from tests.directory.factories import UserFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 11, 1, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def before_the_deadline(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(claiming, "database_now", lambda: scenes.CLOSES - timedelta(hours=1))


def approver(agency="AMED"):
    return UserFactory(staff_agency=agency, staff_role="APPROVER", email=f"{agency}@staff.example")


def account(email="kari@example.org", name="Kari Nordmann"):
    user = UserFactory(email=email, name=name)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def claimed(scene, user=None):
    """The partner has an account."""
    scene.partner.researcher.user = user or account()
    scene.partner.researcher.save()
    return scene.partner.researcher.user


def mail(recipient, **fields):
    return models.Message.objects.create(
        **{
            "dedupe_key": f"{recipient} {models.Message.objects.count()}", "kind": "TEAM",
            "recipient": recipient, "subject": "News", "text": "Somebody confirmed",
            "created_at": CREATED_AT, "available_at": CREATED_AT,
        } | fields
    )  # fmt: skip


# -- by what somebody is known ---------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Write to kari@example.no.", "Write to ［erased］."),
        ("<kari@example.no>; KARI@EXAMPLE.NO", "<［erased］>; ［erased］"),
        ("'kari@example.no'、kari@example.noさん", "'［erased］'、［erased］さん"),
        *(
            (one, one)
            for one in (
                "t.kari@example.no", "t-kari@example.no", "t_kari@example.no", "o'kari@example.no",
                "x+kari@example.no", "kari@example.no.example", "kari@example.no-x.example",
            )
        ),
    ],
)  # fmt: skip
def test_an_address_is_not_found_inside_another(text, left):
    assert traces.without(text, traces.pattern_of({"kari@example.no"})) == left


@pytest.mark.parametrize(
    ("name", "looked_for"),
    [
        ("May", False), ("Grant", False), ("Müller", False), ("林 一", False),
        ("山田花", True), ("Li Wei", True), ("Kari Nordmann", True),
    ],
)  # fmt: skip
def test_a_name_that_is_a_word_like_others_is_not_looked_for(name, looked_for):
    assert ((name in traces.known_as([], UserFactory(name=name))), name) == (looked_for, name)


@pytest.mark.parametrize(
    ("mine", "other"),
    [("山田花", "山田 花子"), ("Kari Nordmann", "Kari Nordmann Lie"), ("山田 花", "山田花絵")],
)
def test_a_name_inside_another_members_name_is_not_looked_for(mine, other):
    scene = scenes.ready()
    me = scenes.person(scene.application.team, "MEMBER", mine, "JP", email="me@example.jp")
    scenes.person(scene.application.team, "MEMBER", other, "JP")

    assert traces.known_as([me.researcher], None) == {"me@example.jp"}


def test_others_addresses_and_words_stay_as_they_are():
    # Given a partner "May", whose address is the end of another's
    scene = scenes.ready()
    entry = scene.partner.researcher
    entry.name = "May"
    entry.save()
    scene.change(title_en="What may grow in May")
    other = mail("t.kari@example.no", application=scene.application, reply_to="t.kari@example.no")
    use = models.DataUse.objects.create(
        kind="EXPORT", by=approver("JST"), at=CREATED_AT, name="members", personal=True,
        reason="The list of May",
    )  # fmt: skip

    # When they are erased
    actions.erase_entry_of_team(researcher_id=entry.pk, reason="Asked", by=approver(), at=AT)

    # Then nothing of anybody else has changed
    other.refresh_from_db()
    use.refresh_from_db()
    assert (other.recipient, other.reply_to) == ("t.kari@example.no", "t.kari@example.no")
    assert (scene.stored().title_en, use.reason) == ("What may grow in May", "The list of May")


def test_what_staff_searched_for_is_found_as_the_address_of_the_page_keeps_it():
    scene = scenes.ready()
    entry = scene.partner.researcher
    entry.name = "花田 かり"
    entry.save()
    staff = approver("JST")
    for asked in (
        {"q": "花田かり"}, {"q": "花田\u3000かり", "page": 2}, {"q": "Kari@Example.no"}, {"q": "花田"},
    ):  # fmt: skip
        models.DataUse.objects.create(
            kind="READ", by=staff, at=CREATED_AT, name="people", filters=urlencode(asked)
        )

    actions.erase_entry_of_team(researcher_id=entry.pk, reason="Asked", by=approver(), at=AT)

    kept = list(models.DataUse.objects.order_by("pk").values_list("filters", flat=True))
    assert kept == ["［erased］", "［erased］", "［erased］", urlencode({"q": "花田"})]


# -- letters of others ------------------------------------------------------------------------------
def test_a_released_letter_of_another_that_names_the_person_does_not_leave_and_its_holder_is_told():
    # Given a letter of the partner that waits, and names the lead
    scene = releasing.ready(scenes.ready())
    models.Notice.objects.update(text="Dear Ola, our lead is 山田 花子. Kari")
    releasing.release(scene)
    letter = models.Message.objects.get(kind="NOTICE")
    assert ("山田 花子" in letter.text, letter.state) == (True, "WAITING")
    holder = models.Notice.objects.get().holder
    scene.change(status="NOT_ADOPTED")

    # When the lead is erased
    actions.erase_person(user_id=scene.lead.pk, reason="Asked", by=approver(), at=AT)

    # Then it is discarded, not changed and sent
    letter.refresh_from_db()
    assert (letter.state, letter.secret, "山田" in letter.text) == ("DISCARDED", "", False)
    assert models.Notice.objects.get().state == "FAILED"
    assert models.Event.objects.filter(act="NOTICE_FAILED").count() == 1
    told = models.Message.objects.get(dedupe_key=f"trouble:{letter.pk}")
    assert (told.recipient, told.state) == (holder.researcher.email, "WAITING")


# -- copies ---------------------------------------------------------------------------------------
def test_a_copy_that_the_persons_own_answer_has_replaced_goes_too():
    # Given an answer recorded on behalf, with a copy of the mail, and then given in person
    scene = scenes.ready()
    grant = invited.with_erc_grant(scene)
    actions.attest(
        application_id=scene.pk, grant_id=grant.pk, code="ERC_SCOPE", answer="GIVEN", by=scene.lead,
        at=scenes.DAY, reason="By mail", upload=scenes.Upload(),
    )  # fmt: skip
    partner = claimed(scene)
    models.Attestation.objects.update(proof=None, on_behalf=False, reason="", by=partner)
    proof = models.Proof.objects.get()

    actions.erase_entry_of_team(
        researcher_id=scene.partner.researcher.pk, reason="Asked", by=approver(), at=AT
    )

    proof.refresh_from_db()
    assert (proof.file.name, proof.name) == ("", "［erased］")


# -- entries that nobody has claimed ---------------------------------------------------------------
def test_entries_with_a_proved_address_go_with_the_account_each_by_its_own_agency():
    # Given an account in no team, whose address stands in a team of each agency
    amed, jst = world("AMED"), world("JST")
    kari = account()
    for one in (amed, jst):
        Researcher.objects.filter(pk=one.partner.researcher.pk).update(email="Kari@Example.org")
    stray = mail("kari@example.org", application=jst.application)
    asked = actions.request_erasure(by=kari, note="", at=CREATED_AT)
    ours, theirs = approver("AMED"), approver("JST")

    # Then both approvers see the request, and what it is about in their own teams
    for staff, side in ((ours, amed), (theirs, jst)):
        assert list(requests_of_staff(staff)) == [asked]
        seen = outlook(kari, staff)
        assert seen.unclaimed == [f"Kari {side.canary} ({side.application.team.ref})"]
        assert seen.entries == 1

    # When the first erases, the other's team and the account stay
    actions.erase_person(user_id=kari.pk, reason="Asked", by=ours, at=AT)
    stray.refresh_from_db()
    kari.refresh_from_db()
    assert (stray.recipient, kari.is_active) == ("kari@example.org", True)
    assert Researcher.objects.get(pk=amed.partner.researcher.pk).name == "—"
    assert Researcher.objects.get(pk=jst.partner.researcher.pk).name == f"Kari {jst.canary}"

    # And with the second all is gone
    done = actions.erase_person(user_id=kari.pk, reason="Asked", by=theirs, at=AT)
    stray.refresh_from_db()
    assert [one.subject for one in done] == [
        f"Researcher {jst.partner.researcher.pk}", f"User {kari.pk}",
    ]  # fmt: skip
    assert stray.recipient == ""


def test_an_address_that_was_never_proved_reaches_nobodys_entry():
    amed = world("AMED")
    kari = account()
    EmailAddress.objects.create(user=kari, email=amed.partner.researcher.email, verified=False)
    theirs = mail(amed.partner.researcher.email, application=amed.application)

    actions.erase_person(user_id=kari.pk, reason="Asked", by=None, at=AT)

    theirs.refresh_from_db()
    assert theirs.recipient == amed.partner.researcher.email
    assert Researcher.objects.get(pk=amed.partner.researcher.pk).name == f"Kari {amed.canary}"


# -- forgotten by a link -------------------------------------------------------------------------
def test_who_was_forgotten_is_on_the_list_and_after_a_restore_forgotten_again(tmp_path):
    # Given somebody who was invited, in whose words news and notes stand, and a backup
    scene = scenes.ready()
    invitation, _token = invited.ask(scene)
    entry = Researcher.objects.filter(pk=scene.partner.researcher.pk)
    before, address = entry.values().get(), invitation.email
    news = mail(
        scene.lead.email, application=scene.application, subject="Kari Nordmann has opened it"
    )
    scene.change(explanation="We need Kari Nordmann")

    # When they press "Not me, forget me"
    actions.forget_invited(invitation_id=invitation.pk, at=AT)

    # Then their name is nowhere in the team
    news.refresh_from_db()
    assert (news.subject, scene.stored().explanation) == (
        "［erased］ has opened it",
        "We need ［erased］",
    )
    noted = Erasure.objects.get()
    assert (noted.subject, noted.by) == (f"Researcher {before['id']}", None)

    # And after a restore the list does it again, and the address is not written to
    file = tmp_path / "erasures.csv"
    call_command("list_erasures", output=str(file))
    digest = models.ForgottenAddress.objects.get().digest
    assert list(csv.reader(file.read_text().splitlines()))[1:] == [
        [noted.subject, noted.pseudonym, AT.isoformat()],
        ["ForgottenAddress", digest, AT.isoformat()],
    ]
    assert (address in file.read_text(), "Kari" in file.read_text()) == (False, False)
    entry.update(**before)
    with lifted():
        Erasure.objects.all().delete()
        models.ForgottenAddress.objects.all().delete()
    for _time in range(2):
        call_command("apply_erasures", str(file))
    assert entry.get().name == "—"
    assert list(models.ForgottenAddress.objects.values_list("digest", "at")) == [(digest, AT)]


def test_a_link_that_went_astray_is_on_the_list_and_its_address_goes_again(tmp_path):
    scene = scenes.ready()
    stray, _token = invited.ask(scene)
    address = stray.email
    actions.correct_address(
        application_id=scene.pk, membership_id=scene.partner.pk, by=scene.lead, at=scenes.DAY,
        email="kari@right.example",
    )  # fmt: skip
    actions.forget_invited(invitation_id=stray.pk, at=AT)
    file = tmp_path / "erasures.csv"
    call_command("list_erasures", output=str(file))
    models.Invitation.objects.filter(pk=stray.pk).update(email=address)
    models.Message.objects.filter(pk=stray.message_id).update(recipient=address)
    with lifted():
        Erasure.objects.all().delete()

    call_command("apply_erasures", str(file))

    stray.refresh_from_db()
    assert (stray.email, stray.message.recipient) == ("", "")
    assert Erasure.objects.get().subject == f"Invitation {stray.pk}"
    assert Researcher.objects.get(pk=scene.partner.researcher.pk).email == "kari@right.example"


# -- former addresses of an account ----------------------------------------------------------
def test_receipts_and_news_at_a_former_address_and_claims_in_other_teams_are_found():
    # Given somebody who submitted at a former address, and claimed an entry in another's team
    amed = world("AMED")
    kari = account()
    receipt = mail("old@example.org", kind="RECEIPT", application=amed.application, asked_by=kari)
    news = mail("old@example.org", application=amed.application)
    claim = mail(
        "lead@example.org", application=amed.application, asked_by=kari,
        text="Somebody answered as kari@example.org",
    )  # fmt: skip

    actions.erase_person(user_id=kari.pk, reason="Asked", by=None, at=AT)

    for one in (receipt, news, claim):
        one.refresh_from_db()
    assert (receipt.recipient, receipt.text, news.recipient) == ("", "", "")
    assert (claim.recipient, claim.text) == (
        "lead@example.org", "Somebody answered as ［erased］",
    )  # fmt: skip


# -- what is asked first, and what follows --------------------------------------------------------
@pytest.mark.parametrize(
    "reason", ["Kari Nordmann asked", "Mail of KARI@example.org.", "See kari@example.no"]
)
def test_a_reason_that_names_the_person_is_refused_by_action_and_form(client, reason):
    scene = scenes.ready()
    scene.submit()
    kari = claimed(scene)
    by = approver()
    asked = actions.request_erasure(by=kari, note="", at=CREATED_AT)
    with pytest.raises(actions.NamesThePerson):
        actions.erase_person(user_id=kari.pk, reason=reason, by=by, at=AT)
    with pytest.raises(actions.NamesThePerson):
        actions.erase_entry_of_team(
            researcher_id=scene.partner.researcher.pk, reason=reason, by=by, at=AT
        )
    client.force_login(by)

    response = client.post(
        reverse("applications:staff_erasure", args=[asked.pk]), {"reason": reason, "sure": "on"}
    )

    assert list(response.context["form"].errors) == ["reason"]
    assert Erasure.objects.count() == 0


def test_all_applications_are_locked_in_order_before_anything_is_asked(monkeypatch):
    # Given entries whose order is not that of their applications
    first, second = world("AMED"), world("AMED", number=2)
    kari = account()
    Researcher.objects.filter(pk=second.partner.researcher.pk).update(user=kari)
    Researcher.objects.filter(pk=first.partner.researcher.pk).update(email="kari@example.org")
    assert first.application.pk < second.application.pk
    told = []
    locked, asked = emptying.lock, erasing.leads_on
    monkeypatch.setattr(emptying, "lock", lambda pk: told.append(pk) or locked(pk))
    monkeypatch.setattr(erasing, "leads_on", lambda them: told.append("leads") or asked(them))

    actions.erase_person(user_id=kari.pk, reason="Asked", by=approver(), at=AT)

    assert told[:3] == [first.application.pk, second.application.pk, "leads"]


def test_a_submitted_application_is_changed_by_an_erasure_so_that_lists_read_its_version():
    scene = scenes.ready()
    scene.submit()
    kari = claimed(scene)

    actions.erase_person(user_id=kari.pk, reason="Asked", by=approver(), at=AT)

    now = scene.stored()
    assert now.changed_at == AT
    assert touched(version=now.version, submitted_at=now.submitted_at, changed_at=now.changed_at)


def test_a_restored_request_that_is_open_is_answered_when_the_erasure_is_done_again(tmp_path):
    kari = account()
    asked = actions.request_erasure(by=kari, note="All of it", at=CREATED_AT)
    before = User.objects.filter(pk=kari.pk).values().get()
    actions.erase_person(user_id=kari.pk, reason="Asked", by=None, at=AT)
    file = tmp_path / "erasures.csv"
    call_command("list_erasures", output=str(file))
    User.objects.filter(pk=kari.pk).update(**before)
    with lifted():
        Erasure.objects.all().delete()
    ErasureRequest.objects.update(handled_at=None, handled_by=None, answer="", note="All of it")

    call_command("apply_erasures", str(file))

    asked.refresh_from_db()
    assert (asked.answer, asked.handled_by, asked.note) == ("ERASED", kari, "［erased］")
