"""What every page relies on: the language switch, the words of errors, names and filters in use."""

import re

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from directory.templatetags import portal


class GrantForm(forms.Form):
    number = forms.CharField(label="Grant number")
    funder = forms.ChoiceField(label="Funder", choices=[("a", "A")], widget=forms.RadioSelect)
    read = forms.BooleanField(label="I have read it")
    ends_on = forms.DateField(
        label="End", required=False, error_messages={"invalid": "Not a date: 31.2."}
    )

    def clean(self):
        raise forms.ValidationError("It ends before it starts.")


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_summary_says_what_the_fields_say(language):
    with translation.override(language):
        # Given a form with a fault of every kind
        form = GrantForm({"ends_on": "31.2."})

        # When it is shown with its error summary
        page = Template(
            "{% load crispy_forms_filters %}"
            '{% include "components/error_summary.html" with form=form only %}<hr>{{ form|crispy }}'
        ).render(Context({"form": form}))
        summary, fields = page.split("<hr>")

        # Then both say the same words in the same order, and every link leads to a control
        at_fields = re.findall(r'field__error-words">([^<]+)<', fields)
        in_summary = re.findall(r"<li>(?:<a [^>]+>)?([^<]+)<", summary)
        assert in_summary == at_fields
        assert len(set(in_summary)) == 5
        assert [
            a for a in re.findall(r'href="#([^"]+)"', summary) if f'id="{a}"' not in fields
        ] == []


def test_the_words_of_a_missing_answer_name_it():
    with translation.override("en"):
        assert [
            link["message"] for link in portal.error_links(GrantForm({"ends_on": "x"}), "", None)
        ] == [
            "It ends before it starts.",
            "Fill in “Grant number”.",
            "Choose an answer to “Funder”.",
            "Tick the box “I have read it”.",
            "Not a date: 31.2.",
        ]


def test_the_summary_reaches_into_formsets():
    formset = forms.formset_factory(GrantForm)(
        {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-read": "on"}
    )
    anchors = [link["anchor"] for link in portal.error_links(formset)]
    assert anchors == ["", "id_form-0-number", "id_form-0-funder_0"]


def test_an_unbound_form_has_no_errors():
    assert portal.error_links(GrantForm()) == []


@pytest.mark.parametrize(
    ("address", "english", "japanese"),
    [
        (
            "/en/nowhere/?a=1&b=%E3%81%82",
            "/en/nowhere/?a=1&b=%E3%81%82",
            "/ja/nowhere/?a=1&b=%E3%81%82",
        ),
        ("/ja/nowhere", "/en/nowhere", "/ja/nowhere"),
        ("/healthz?x=1", "/en/", "/ja/"),
        ("/", "/en/", "/ja/"),
        ("//elsewhere.example/en/", "/en/", "/ja/"),
    ],
)
def test_the_other_language_of_an_address(address, english, japanese):
    request = RequestFactory().get("/")
    request.get_full_path = lambda: address
    with translation.override("en"):
        links = portal.language_urls({"request": request})
    assert [(link["url"], link["current"]) for link in links] == [
        (english, True),
        (japanese, False),
    ]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("ja", '<bdi lang="ja">山田 春男</bdi>（<bdi>YAMADA Haruo</bdi>）'),
        ("en", '<bdi>YAMADA Haruo</bdi> (<bdi lang="ja">山田 春男</bdi>)'),
    ],
)
def test_a_name_in_the_readers_order(language, expected):
    with translation.override(language):
        assert portal.bdi_name("山田 春男", "YAMADA Haruo") == expected


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize(
    ("written", "latin", "expected"),
    [
        ("Åse Nilsen", "NILSEN Åse", "<bdi>Åse Nilsen</bdi>"),
        ("Zoë O’Brien-Łuczak", "O’BRIEN-ŁUCZAK Zoë", "<bdi>Zoë O’Brien-Łuczak</bdi>"),
        ("Kamaʻilelani", "KAMAʻILELANI", "<bdi>Kamaʻilelani</bdi>"),
        ("山田 春男", "", '<bdi lang="ja">山田 春男</bdi>'),
    ],
)
def test_a_name_in_latin_letters_is_shown_as_its_owner_writes_it(
    language, written, latin, expected
):
    with translation.override(language):
        assert portal.bdi_name(written, latin) == expected


@pytest.mark.parametrize(
    ("written", "latin", "beside"),
    [
        ("山田 春男", "YAMADA Haruo", "YAMADA Haruo"),
        ("Олена Шевченко", "SHEVCHENKO Olena", "SHEVCHENKO Olena"),
        ("Åse Nilsen", "NILSEN Åse", ""),
        ("山田 春男", "", ""),
    ],
)
def test_the_latin_writing_beside_a_name_in_plain_text(written, latin, beside):
    assert portal.beside_name(written, latin) == beside


def test_a_name_cannot_carry_markup():
    assert portal.bdi_name("<b>O'Brien</b>") == "<bdi>&lt;b&gt;O&#x27;Brien&lt;/b&gt;</bdi>"
