"""The address guard at work: forms, accounts, mails and staff pages (hazards 23 and 43)."""

import email
import importlib
import pkgutil
from email import policy

import pytest
from allauth.account.models import EmailAddress
from django import forms as django_forms
from django.conf import settings
from django.core import mail
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string

from applications import accounts, envelopes, forms, outbox
from applications.forms import accounts as accounts_forms
from applications.forms.accounts import AccountEmailField
from applications.forms.fields import ForgivingEmailField
from applications.letters import Letter
from applications.models import Message
from directory.models import Researcher, User, users
from tests.applications import scenes
from tests.applications.pages import page
from tests.directory.addresses import addresses
from tests.directory.test_addresses import CONTROLS

pytestmark = pytest.mark.django_db
PASSWORD = "sea-otter-lantern-42"
# One of every shape is enough for the slow ways in.
ONE_OF_EACH = list({(one.name, one.refused): one for one in addresses()}.values())
GOOD = [one for one in ONE_OF_EACH if not one.refused]
REFUSED = [one for one in ONE_OF_EACH if one.refused]


def sign_up(client, address):
    client.cookies.clear()
    return client.post(reverse("account_signup"), {"email": address, "password1": PASSWORD})


# -- forms -----------------------------------------------------------------------------------


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
    assert accounts.canonical(kept) == shape.owner
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


# -- accounts: two look-alikes never one, one address never two ---------------------------------


def test_of_2000_addresses_each_owner_gets_one_account():
    good = [one for one in addresses() if not one.refused]
    found = {}
    for one in good:
        try:
            user = User.objects.get_by_natural_key(one.typed)
        except User.DoesNotExist:
            user = User.objects.create_user(one.typed)
        found.setdefault(user.pk, set()).add(one.owner)

    assert User.objects.count() == len({one.owner for one in good})
    assert [owners for owners in found.values() if len(owners) > 1] == []


@pytest.mark.parametrize("shape", GOOD, ids=lambda one: one.name)
def test_every_spelling_signs_up_to_the_one_account_that_has_it(client, shape):
    # Given somebody who has the address already
    User.objects.create_user(shape.owner)

    # When it is typed in this way
    assert sign_up(client, shape.typed).status_code == 302

    # Then no second account is made, and its owner is told at the address on record
    assert list(User.objects.values_list("email", flat=True)) == [shape.owner]
    assert list(Message.objects.values_list("recipient", flat=True)) == [shape.owner]


@pytest.mark.parametrize("shape", GOOD, ids=lambda one: one.name)
def test_a_sign_up_stores_the_form_that_is_compared(client, shape):
    assert sign_up(client, shape.typed).status_code == 302

    assert [one.email for one in User.objects.all()] == [shape.owner]
    assert [one.email for one in EmailAddress.objects.all()] == [shape.owner]


@pytest.mark.parametrize("shape", REFUSED, ids=lambda one: one.name)
def test_a_sign_up_refuses_what_the_forms_refuse(client, shape):
    answer = sign_up(client, shape.typed)

    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == ["email"]
    assert (User.objects.count(), Message.objects.count()) == (0, 0)


@pytest.mark.parametrize("shape", GOOD, ids=lambda one: one.name)
def test_every_spelling_signs_in(client, shape):
    user = User.objects.create_user(shape.owner, PASSWORD)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)

    client.post(reverse("account_login"), {"login": shape.typed, "password": PASSWORD})

    assert client.session["_auth_user_id"] == str(user.pk)


@pytest.mark.parametrize("name", ["account_request_login_code", "account_reset_password"])
def test_a_code_goes_to_the_address_on_record_and_not_to_the_one_typed(client, name):
    user = User.objects.create_user("kari@xn--bcher-kva.example")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)

    client.post(reverse(name), {"email": " Kari@BÜCHER.example. "})

    assert [one.recipient for one in Message.objects.all()] == ["kari@xn--bcher-kva.example"]


def test_an_address_of_ones_own_is_not_added_twice(client):
    user = User.objects.create_user("kari@example.no", PASSWORD)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})

    for typed in ("KARI@EXAMPLE.NO.", "ｋａｒｉ＠ｅｘａｍｐｌｅ．ｎｏ"):
        answer = client.post(reverse("account_email"), {"email": typed, "action_add": ""})
        assert list(answer.context["form"].errors) == ["email"]
    assert EmailAddress.objects.count() == 1


def test_control_without_the_one_form_an_address_is_two_accounts(monkeypatch):
    monkeypatch.setattr(users, "canonical", lambda address: address.strip().lower())
    User.objects.create_user("kari@bücher.example")
    User.objects.create_user("kari@xn--bcher-kva.example")

    assert User.objects.count() == 2


def test_control_without_the_guard_a_look_alike_signs_up(client, monkeypatch):
    monkeypatch.setattr(forms.fields, "refuse_address", lambda text: None)
    monkeypatch.setattr(accounts, "refuse_address", lambda text: None)

    assert sign_up(client, "kari@exаmple.com").status_code == 302
    assert User.objects.count() == 1


# -- mails and pages -------------------------------------------------------------------------


def test_a_mail_for_an_international_domain_leaves_for_the_domain_that_was_typed():
    at = timezone.now()
    outbox.record_account_mail(recipient="K.N@straße.example", subject="A", text="B", at=at)
    outbox.deliver_due(at=at)

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


@pytest.mark.parametrize("control", CONTROLS, ids=ascii)
def test_no_control_character_reaches_a_header_of_a_letter(control):
    """Every text that stands in one of its headers, read back from the bytes."""
    typed = f"Po{control}Bcc: victim@example.com"
    letter = Letter(subject=typed, text="B", text_ja="", missing=(), edited=False)
    sender = Researcher(name=typed, email="kari@example.no")

    raw = envelopes.eml(letter, email="po@example.org", name=typed, sender=sender)
    read = email.message_from_bytes(raw, policy=policy.default)

    (to,), (author,) = read["To"].addresses, read["From"].addresses
    shown = "Po Bcc: victim@example.com"
    assert (to.addr_spec, to.display_name) == ("po@example.org", shown)
    assert (author.addr_spec, author.display_name) == ("kari@example.no", shown)
    assert (read["Subject"], read["Bcc"]) == (shown, None)


def test_staff_see_the_punycode_and_the_file_has_what_was_typed(client, scene):
    typed = "kari@bücher.example"
    Researcher.objects.filter(pk=scene.partner.researcher_id).update(email=typed)
    client.force_login(scenes.user("officer", staff_agency="AMED", staff_role="OFFICER"))

    listed = client.get(reverse("applications:staff_members")).content.decode()
    one = client.get(reverse("applications:staff_application", args=[scene.pk])).content.decode()
    file = client.get(reverse("applications:staff_export", args=["members"]) + "?format=csv")
    rows = b"".join(file.streaming_content).decode()

    both = f"{typed} (kari@xn--bcher-kva.example)"
    assert (both in listed, both in one, typed in rows, "xn--" in rows) == (True, True, True, False)


# -- hazard 23: no single-line field lets a control character through -----------------------------


# Never quoted in a header: marks of the page itself, several lines, a secret.
ELSEWHERE = (django_forms.HiddenInput, django_forms.Textarea, django_forms.PasswordInput)


def single_line_fields():
    """Every visible single-line text field of every form there is, with its form's name."""
    for module in pkgutil.iter_modules(forms.__path__, "applications.forms."):
        for name, form in vars(importlib.import_module(module.name)).items():
            if not isinstance(form, type) or not issubclass(form, django_forms.BaseForm):
                continue
            if module.name == accounts_forms.__name__:  # only allauth's own, put aside before use
                continue
            for field_name, field in form.base_fields.items():
                if isinstance(field, django_forms.CharField) and not isinstance(
                    field.widget, ELSEWHERE
                ):
                    yield pytest.param(field, id=f"{name}.{field_name}")


@pytest.mark.parametrize(
    "address", list(settings.ACCOUNT_FORMS.values()), ids=list(settings.ACCOUNT_FORMS)
)
def test_every_form_of_an_account_reads_an_address_our_way(address):
    form = import_string(address)()

    assert "username" not in form.fields
    assert type(form.fields.get("login") or form.fields["email"]) is AccountEmailField


@pytest.mark.parametrize("field", [*single_line_fields(), AccountEmailField()])
def test_no_control_character_comes_through_a_single_line_field(field):
    let_through = []
    for control in CONTROLS:
        try:
            let_through.append((control, field.clean(f"a{control}b")))
        except ValidationError:
            continue

    assert [one for one in let_through if one[0] in str(one[1])] == []


def test_control_a_plain_field_lets_nearly_all_of_them_through():
    plain = django_forms.CharField()
    through = [one for one in CONTROLS if one != "\0" and one in plain.clean(f"a{one}b")]

    assert len(through) == len(CONTROLS) - 1
