"""Control characters (hazard 23): none comes through a single-line field or into a letter's header."""

import email
import importlib
import pkgutil
from email import policy

import pytest
from django import forms as django_forms
from django.core.exceptions import ValidationError

from applications import envelopes, forms
from applications.forms import accounts as accounts_forms
from applications.forms.accounts import AccountEmailField
from applications.letters import Letter
from directory.models import Researcher
from tests.directory.test_addresses import CONTROLS

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
