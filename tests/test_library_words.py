"""Libraries' words in Japanese: what the installed code can say, ours says in Japanese."""

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import translation
from django.utils.html import strip_tags
from django.utils.translation.template import templatize
from django_countries import countries

from tests.applications.twins import with_all_rows, world
from tests.directory.factories import UserFactory

# Whatever of the installed applications has words that a page of the portal or the admin may show.
LIBRARIES = (
    *("django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes", "django.forms"),
    *("django.contrib.postgres", "django.contrib.sessions", "simple_history", "django_filters"),
    *("crispy_forms", "crispy_bootstrap5", "csp", "django_countries", "allauth.account"),
    *("allauth.mfa", "allauth.usersessions", "allauth.socialaccount"),
)
# These stay as they are, because …
SAME_IN_JAPANESE = {
    "%(class_name)s %(instance)s": "holds gaps alone",
    ":": "punctuation after a label; forms of the portal have none",
    ":?.!": "a set of characters to compare with, never shown",
    "WebAuthn": "the name of a standard",
}
CALLS = re.compile(r"n?p?gettext(_lazy|_noop)?$|_$")
IN_TEMPLATES = re.compile(r"""gettext\(u?('(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")""")


def words_of_python(text: str) -> Iterator[tuple[str, str]]:
    """(context, msgid) of every call for a translation."""
    for call in ast.walk(ast.parse(text)):
        if not isinstance(call, ast.Call):
            continue
        name = getattr(call.func, "id", getattr(call.func, "attr", ""))
        given = [one.value for one in call.args if isinstance(one, ast.Constant)]
        if CALLS.match(name) and given and all(isinstance(one, str) for one in given):
            context = given.pop(0) if "pgettext" in name and len(given) > 1 else ""
            yield context, given[0]


def words_of_template(text: str) -> Iterator[tuple[str, str]]:
    for found in IN_TEMPLATES.findall(templatize(text)):
        yield "", ast.literal_eval(found)


def words(library: str) -> dict[tuple[str, str], str]:
    """(context, msgid) -> the file that says it."""
    root = Path(import_module(library).__path__[0])
    found = {}
    for path in sorted(root.rglob("*")):
        read = {".py": words_of_python, ".html": words_of_template, ".txt": words_of_template}
        if path.suffix in read and "tests" not in path.parts:
            for one in read[path.suffix](path.read_text("utf-8")):
                found.setdefault(one, str(path.relative_to(root)))
    return found


def said(context: str, msgid: str) -> str:
    return translation.pgettext(context, msgid) if context else translation.gettext(msgid)


def left_over(library: str) -> list[str]:
    with translation.override("ja"):
        return [
            f"{msgid!r} of {path}"
            for (context, msgid), path in words(library).items()
            if said(context, msgid) == msgid and msgid not in SAME_IN_JAPANESE
        ]


@pytest.mark.parametrize("library", LIBRARIES)
def test_all_words_of_a_library_are_japanese(library):
    assert left_over(library) == []


def test_words_are_read_from_code_and_from_templates():
    """The test above would pass if nothing were read."""
    found = {library: len(words(library)) for library in LIBRARIES}

    assert found["django.contrib.admin"] >= 200
    assert found["simple_history"] >= 30
    assert found["django_filters"] >= 40
    assert "Multiple values may be separated by commas." in {
        one for _c, one in words("django_filters")
    }
    assert "Change reason" in {one for _context, one in words("simple_history")}


def test_a_word_without_japanese_is_found(monkeypatch):
    """Negative control: gettext as it is without our catalogue."""
    monkeypatch.setattr(translation, "gettext", lambda msgid: msgid)

    assert "'Change reason' of templates/simple_history/object_history_list.html" in left_over(
        "simple_history"
    )


# -- every page of the admin, read in Japanese -------------------------------------------------
GAP = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}")
# Words of data (names, codes) that are also msgids.
OF_DATA = {"English", "ORCID", "Email"}


def english_of(libraries: tuple[str, ...]) -> set[str]:
    """Sentences and words of more than four letters that stand in no other text by chance."""
    return {
        msgid
        for library in libraries
        for _context, msgid in words(library)
        if len(msgid) > 4 and not GAP.search(msgid) and msgid not in SAME_IN_JAPANESE
    } - OF_DATA


@pytest.mark.django_db
def test_no_page_of_the_admin_holds_a_librarys_english(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    one = with_all_rows(world("AMED"))
    one.call.save()  # a second state in its history
    client.force_login(UserFactory(is_superuser=True))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "ja"
    libraries = tuple(one for one in LIBRARIES if one != "django_countries")
    longest_first = sorted(english_of(libraries), key=len, reverse=True)
    sought = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w-])")
    addresses = [reverse("admin:index"), reverse("admin:password_change")]
    for model in admin.site._registry:
        if model is Group:  # its page lists the names of rights, which are rows of the database
            continue
        name, row = (
            f"{model._meta.app_label}_{model._meta.model_name}",
            model._default_manager.first(),
        )
        addresses += [reverse(f"admin:{name}_changelist"), reverse(f"admin:{name}_add")]
        if row:
            addresses += [
                reverse(f"admin:{name}_{kind}", args=[row.pk])
                for kind in ("change", "history", "delete")
            ]

    found = set()
    for address in addresses:
        page = client.get(address)
        if page.status_code == 403:
            continue
        assert page.status_code == 200, address
        text = strip_tags(re.sub(r"(?s)<(script|style)\b.*?</\1>", " ", page.content.decode()))
        assert 'lang="ja"' in page.content.decode(), address
        found |= {(address, msgid) for msgid in sought.findall(text)}

    assert sorted(found) == []
    assert len(addresses) > 100


@pytest.mark.parametrize(
    ("code", "name"),
    [("GE", "ジョージア"), ("KG", "キルギス"), ("LU", "ルクセンブルク"), ("MV", "モルディブ")],
)
def test_countries_have_the_names_that_japans_government_uses(code, name):
    with translation.override("ja"):
        assert countries.name(code) == name
