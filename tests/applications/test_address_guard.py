"""The address guard at work in forms, mails and on staff pages (hazard 43)."""

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from applications import envelopes, outbox
from applications.forms.fields import ForgivingEmailField
from applications.letters import Letter
from applications.models import Message
from directory.addresses import canonical
from directory.models import Researcher
from tests.applications import scenes
from tests.applications.exporting import whole_file
from tests.applications.pages import page
from tests.directory.addresses import GOOD, REFUSED

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("shape", REFUSED, ids=lambda one: one.name)
def test_a_field_refuses_with_a_sentence_and_its_code(shape):
    with pytest.raises(ValidationError) as refused:
        ForgivingEmailField().clean(shape.typed)

    assert refused.value.error_list[0].code == shape.refused
    assert refused.value.messages[0].endswith((".", "all."))


@pytest.mark.parametrize("shape", GOOD, ids=lambda one: one.name)
def test_a_field_keeps_what_can_be_used_in_the_case_it_was_typed(shape):
    kept = ForgivingEmailField().clean(shape.typed)

    assert kept.isprintable()
    assert canonical(kept) == shape.owner
    if shape.name == "upper case":
        assert kept == shape.typed


def test_a_refused_address_stays_in_its_box(lead, scene):
    before = Researcher.objects.count()
    typed = {"name": "Kari", "language": "en", "email": "kari@exаmple.com"}

    answer = lead.post(page("person_add", scene, side="abroad"), typed)

    assert answer.context["form"]["email"].value() == "kari@exаmple.com"
    assert answer.context["form"].errors["email"] == [
        "The part after the @ mixes letters of different scripts, so that one may pass for another. "
        "Type the address again with the keyboard set to Latin letters."
    ]
    assert Researcher.objects.count() == before


def warnings_after_saving(client, scene, **typed):
    typed = {"name": "Per Hansen", "language": "en"} | typed
    answer = client.post(page("person_add", scene, side="abroad"), typed, follow=True)
    return [str(one) for one in answer.context["messages"] if one.level_tag == "warning"]


@pytest.mark.parametrize(
    "typed, asked",
    [
        (
            {"email": "per@gmial.com"},
            ["The address per@gmial.com looks unusual. Did you mean per@gmail.com?"],
        ),
        # The list's own mailboxes are known.
        (
            {"email": "per@wellcom.org"},
            ["The address per@wellcom.org looks unusual. Did you mean per@wellcome.org?"],
        ),
        # So are the addresses of the team.
        (
            {"email": "per@exampl.org"},
            ["The address per@exampl.org looks unusual. Did you mean per@example.org?"],
        ),
        (
            {
                "email": "per@u-example.jp",
                "institution_name": "U",
                "institution_country": "JP",
            },
            [
                "The address per@u-example.jp looks unusual. Did you mean per@u-example.ac.jp? "
                "Universities and other bodies in Japan mostly have a middle part before “.jp”."
            ],
        ),
        (
            {"email": "per@bücher.example"},
            [
                "Mail servers write the address per@bücher.example as per@xn--bcher-kva.example. "
                "Please check that it is right."
            ],
        ),
        ({"email": "per@example.org"}, []),
        ({}, []),
    ],
)
def test_a_likely_slip_is_saved_and_asked_about(lead, scene, typed, asked):
    assert warnings_after_saving(lead, scene, **typed) == asked
    assert Researcher.objects.filter(email=typed.get("email", "")).exists()


def test_a_mail_for_an_international_domain_leaves_for_the_domain_that_was_typed():
    at = timezone.now()
    outbox.record_account_mail(recipient="K.N@straße.example", subject="A", text="B", at=at)
    outbox.deliver_due(now=lambda: at)

    assert [one.to for one in mail.outbox] == [["K.N@xn--strae-oqa.example"]]
    assert mail.outbox[0].message()["To"] == "K.N@xn--strae-oqa.example"
    assert Message.objects.get().recipient == "K.N@straße.example"


def test_a_letter_as_a_file_and_as_an_address_has_the_ascii_domain():
    letter = Letter(subject="A", text="B", text_ja="", missing=(), edited=False)
    sender = Researcher(name="Kari", email="kari@bücher.example")

    assert envelopes.mailto(letter, "po@straße.example").startswith(
        "mailto:po@xn--strae-oqa.example?"
    )
    raw = envelopes.eml(letter, email="po@straße.example", name="P. O.", sender=sender)
    assert b"<po@xn--strae-oqa.example>" in raw
    assert b"<kari@xn--bcher-kva.example>" in raw


def test_staff_see_the_punycode_and_the_file_has_what_was_typed(client, scene):
    typed = "kari@bücher.example"
    Researcher.objects.filter(pk=scene.partner.researcher_id).update(email=typed)
    client.force_login(scenes.user("officer", staff_agency="AMED", staff_role="OFFICER"))

    listed = client.get(reverse("applications:staff_members")).content.decode()
    one = client.get(reverse("applications:staff_application", args=[scene.pk])).content.decode()
    rows = whole_file(client, "members").decode()

    both = f"{typed} (kari@xn--bcher-kva.example)"
    assert (both in listed, both in one, typed in rows, "xn--" in rows) == (True, True, True, False)
