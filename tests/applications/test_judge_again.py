"""The command that judges an evidence file again: the same verdicts, and every change is found."""

import json
from copy import deepcopy

import pytest
from django.core.management import CommandError, call_command

from applications.models import Version
from applications.queries.fingerprints import fingerprint
from directory.models import Agency, Condition, GrantFormat
from tests.append_only import lifted
from tests.applications import evidence_scenes as files

pytestmark = pytest.mark.django_db


@pytest.fixture
def submitted(scene):
    scene.submit()
    return scene


def judged(path, content, capsys):
    """The exit code of the command, and what it printed."""
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    path.write_text(text, encoding="utf-8")
    try:
        call_command("judge_again", path)
    except CommandError as error:
        return error.returncode, f"{capsys.readouterr().out}{error}"
    return 0, capsys.readouterr().out


def test_every_row_of_the_list_is_judged_again_as_it_was_recorded(scene, tmp_path, capsys):
    # Given a submitted team with a grant for each golden case, of all the rows of the list
    files.rely_on_every_row(scene)
    scene.submit()
    document = files.evidence(scene)
    grants = document["sealed"]["inputs"]["grants"]
    assert len(document["edition"]["rows"]) == 29
    assert {one["verdict"] for one in grants} == {"FITS", "CANNOT_TELL", "DOES_NOT_FIT"}

    # When its file is judged again
    code, told = judged(tmp_path / "evidence.json", document, capsys)

    # Then each comes out the same, beside what was recorded
    assert code == 0
    lines = [line for line in told.splitlines() if ": recorded " in line]
    assert lines == [
        f"{one['id']} {one['agency'] or one['agency_other']} {one['reference']}: "
        f"recorded {one['verdict']}, judged again {one['verdict']}: same"
        for one in grants
    ]
    assert "The fingerprints agree." in told

    # And without the application, on another portal with the same list, too
    with lifted():
        Version.objects.update(number=99)
    code, told = judged(tmp_path / "evidence.json", document, capsys)
    assert code == 0
    assert "does not keep the version" in told


def a_letter_of_the_title(document):
    answers = document["sealed"]["inputs"]["answers"]
    answers["title_en"] = answers["title_en"].replace("M", "N", 1)
    return document


def a_name_beside(document):
    document["people"][next(iter(document["people"]))]["name"] = "Somebody Else"
    return document


def the_fingerprint_itself(document):
    first = "1" if document["sha256"][0] == "0" else "0"
    document["sha256"] = first + document["sha256"][1:]
    return document


def a_better_verdict(document):
    document["sealed"]["inputs"]["grants"][0]["ends_on"] = "2023-01-01"
    return files.sealed_anew(document)


def a_title_sealed_anew(document):
    return files.sealed_anew(a_letter_of_the_title(document))


def another_row(document):
    document["edition"]["rows"][0]["summary_en"] += " Not quite."
    return files.sealed_anew(document)


CHANGES = {
    a_letter_of_the_title: "The sealed part and its fingerprint disagree",
    a_name_beside: "Something in the file was changed after it was made.",
    the_fingerprint_itself: "The sealed part and its fingerprint disagree",
    a_better_verdict: "recorded FITS, judged again DOES_NOT_FIT: DIFFERENT",
    a_title_sealed_anew: "This portal keeps another fingerprint for the version",
    another_row: "The rows of the list in the file are not those kept here.",
}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_changed_file_is_found(submitted, tmp_path, capsys, change):
    document = files.evidence(submitted)
    changed = change(deepcopy(document))

    code, told = judged(tmp_path / "evidence.json", changed, capsys)

    assert code == 1
    assert CHANGES[change] in told
    # Control: what was not changed is not found, in whatever way it is laid out.
    assert judged(tmp_path / "e.json", json.dumps(document, indent=4), capsys)[0] == 0


def test_a_list_that_asks_something_else_now_is_found(submitted, tmp_path, capsys):
    document = files.evidence(submitted)
    row = submitted.stored().edition.rows.get(agency__slug="rcn")
    with lifted():
        Condition.objects.create(participation=row, code="ERC_SCOPE")

    code, told = judged(tmp_path / "evidence.json", document, capsys)

    assert code == 1
    assert "recorded FITS, judged again FITS_IF: DIFFERENT" in told


def without(name):
    def cut(document):
        del document["sealed"]["inputs"][name]
        return document

    return cut


def of_another_list(document):
    document["sealed"]["inputs"]["edition"] = "amed-1999-01-01"
    return document


UNREADABLE = {
    "no JSON": lambda document: json.dumps(document)[:-9],
    "a list": lambda document: [document],
    "another format": lambda document: document | {"format": "else"},
    "no grants": without("grants"),
    "no people": without("people"),
    "a list that is not kept": of_another_list,
    "deep": lambda document: "[" * 100_000,
}


@pytest.mark.parametrize("spoil", UNREADABLE.values(), ids=UNREADABLE)
def test_what_is_no_evidence_says_so(submitted, tmp_path, capsys, spoil):
    code, told = judged(tmp_path / "evidence.json", spoil(files.evidence(submitted)), capsys)

    assert code == 2
    assert "recorded" not in told


def test_a_file_that_is_not_there_says_so(tmp_path):
    with pytest.raises(CommandError) as refusal:
        call_command("judge_again", tmp_path / "nothing.json")
    assert refusal.value.returncode == 2


def a_new_format():
    """DFG is found to write numbers like the team's RCN one with a letter before it."""
    rcn, dfg = (Agency.objects.get(slug=slug) for slug in ("rcn", "dfg"))
    rcn.formats.all().delete()
    GrantFormat.objects.create(agency=rcn, position=1, pattern=r"RCN\d+")
    GrantFormat.objects.create(agency=dfg, position=99, pattern=r"311393", suggests=True)


def test_a_format_that_is_added_later_makes_no_untouched_file_differ(submitted, tmp_path, capsys):
    document = files.evidence(submitted)
    a_new_format()

    code, told = judged(tmp_path / "evidence.json", document, capsys)

    assert code == 0
    assert "recorded FITS, judged again FITS: same" in told
    assert "formats have changed since; today it would be read otherwise." in told


def test_a_version_sealed_without_its_readings_is_told_apart(submitted, tmp_path, capsys):
    # Given a version as they were sealed before
    version = Version.objects.get()
    del version.content["grants_read"]
    version.sha256 = fingerprint(version.content)
    with lifted():
        version.save()
    document = files.evidence(submitted)
    sentence = "which may have changed since."

    code, told = judged(tmp_path / "evidence.json", document, capsys)
    assert (code, sentence in told) == (0, True)

    # When formats change, it differs, and the reader learns why it may
    a_new_format()
    code, told = judged(tmp_path / "evidence.json", document, capsys)
    assert code == 1
    assert "recorded FITS, judged again DOES_NOT_FIT: DIFFERENT" in told
    assert sentence in told
    assert "today it would be read otherwise" not in told
