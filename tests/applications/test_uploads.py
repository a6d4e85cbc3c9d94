"""Uploaded copies: what is accepted, what is refused, and how a kept one is handed back."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from applications.forms.uploads import MAX_BYTES, ProofField, clean_name
from applications.models import Event, Happening, Membership, Proof
from tests.applications import scenes
from tests.applications.pages import page

PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"
MAIL = b"From: Kari <kari@example.no>\r\nDate: Mon, 20 May 2024 09:00:00 +0200\r\n\r\nYes.\r\n"
# One dot each, whole; and with what somebody might hide behind the picture.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360f8cf50000002040181a6b9ca3f0000000049454e44ae426082"
)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"
SCRIPT = b"<html><script>document.title = 'ran'</script></html>"
HTML_MAIL = (
    b"Received: from mx\r\nFrom: k@example.no\r\nDate: Mon, 20 May 2024 09:00:00 +0200\r\n"
    b"Content-Type: text/html\r\n\r\n<html><script>alert(1)</script></html>"
)

ACCEPTED = [
    ("reply.pdf", PDF, "pdf"),
    ("REPLY.PDF", PDF + b"\0\0\r\n", "pdf"),
    ("reply.eml", MAIL, "eml"),
    ("html.eml", HTML_MAIL, "eml"),
    ("返信.txt", "はい、参加します。".encode(), "txt"),
    ("sjis.txt", "はい、参加します。".encode("cp932"), "txt"),
    ("jis.txt", "はい、参加します。".encode("iso2022_jp"), "txt"),
    ("latin.txt", "Ja, jeg er med på det".encode("cp1252"), "txt"),
    ("screen.png", PNG, "png"),
    ("Photo.JPG", JPEG, "jpg"),
    ("photo.jpeg", JPEG + b"what the camera adds", "jpg"),
    ("page-behind.png", PNG + SCRIPT, "png"),  # harmless as it is handed back: see below
]
REFUSED = [
    ("page.html", b"<html></html>"),
    ("picture.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    ("program.exe", b"MZ\x90"),
    ("reply.pdf.exe", PDF),
    ("reply", PDF),
    ("empty.txt", b""),
    ("half.pdf", b"%PDF-1.7\n1 0 obj"),
    ("late.pdf", b"GIF89a" + PDF),
    ("zip-behind.pdf", PDF + b"PK\x03\x04archive"),
    ("html-behind.pdf", PDF + b"<script>alert(1)</script>"),
    ("locked.pdf", PDF.replace(b"trailer <<", b"trailer <</Encrypt 2 0 R")),
    ("html.pdf", b"<html>"),
    ("svg.txt", b"hello <svg onload=alert(1)>"),
    ("page.txt", b"  <!DOCTYPE html><p>x"),
    ("archive.txt", b"PK\x03\x04text"),
    ("binary.txt", b"a\x00b"),
    ("page.eml", b"<html>From: x\r\nDate: y"),
    ("no-date.eml", b"From: kari@example.no\r\n\r\nYes."),
    ("nul.eml", MAIL + b"\0"),
    ("large.txt", b"x" * (MAX_BYTES + 1)),
    ("half.png", PNG[:-12]),
    ("half.jpg", JPEG[:-2]),
    ("photo.png", JPEG),
    ("screen.jpg", PNG),
    ("screen.pdf", PNG),
    ("photo.txt", JPEG),
    ("page.png", SCRIPT),
    ("page.jpg", SCRIPT + JPEG),
    ("picture.gif", b"GIF89a"),
    ("photo.heic", b"\x00\x00\x00\x18ftypheic"),
    ("photo.svg.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    ("large.png", PNG + b"\0" * MAX_BYTES),
]


def check(name, content):
    return ProofField().clean(SimpleUploadedFile(name, content, "text/html"))


@pytest.mark.parametrize(("name", "content", "kind"), ACCEPTED)
def test_copies_that_are_what_they_say_are_accepted(name, content, kind):
    upload = check(name, content)

    assert (upload.name, upload.kind, upload.content) == (name, kind, content)


@pytest.mark.parametrize(("name", "content"), REFUSED)
def test_anything_else_is_refused(name, content):
    with pytest.raises(ValidationError):
        check(name, content)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("photo.heic", b"ftypheic", "Choose a PDF, an .eml, a .txt, a PNG or a JPEG file."),
        ("photo.heic", b"ftypheic", "shown by a picture of the screen."),
        ("photo.png", JPEG, "changing the ending of its name does not change what it is."),
        ("half.jpg", JPEG[:-2], "Take or save the picture again;"),
        ("large.jpg", JPEG + b"x" * MAX_BYTES, "Save the picture smaller,"),
        ("empty.png", b"", "The submitted file is empty."),
        ("page.eml", b"<html>", "Save the mail again in your mail program, or print it as PDF."),
    ],
)
def test_a_refusal_says_how_to_mend_it(name, content, says):
    with pytest.raises(ValidationError) as refusal:
        check(name, content)

    assert says in " ".join(refusal.value.messages)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\kari\\reply.pdf", "reply.pdf"),
        ("re\u202efdp.txt", "refdp.txt"),
        ("line\r\nbreak.txt", "linebreak.txt"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        ("返信（確認）.eml", "返信（確認）.eml"),
        ("...", "copy"),
    ],
)
def test_names_lose_paths_and_controls_and_keep_their_letters(typed, kept):
    assert clean_name(typed) == kept


@pytest.fixture
def unconfirmed(client, scene):
    """The partner has not confirmed yet, and the lead is signed in."""
    Membership.objects.filter(pk=scene.partner.pk).update(confirmed_at=None, confirmed_how="")
    client.force_login(scene.lead)
    return scene


def test_a_confirmation_is_recorded_with_reason_and_copy(client, unconfirmed):
    # Given the page that asks for both
    address = page("person_confirm", unconfirmed, unconfirmed.partner.pk)
    assert client.get(address).status_code == 200

    # When the lead sends them
    copy = SimpleUploadedFile("reply.eml", HTML_MAIL)
    response = client.post(address, {"reason": "By e-mail.", "upload": copy})

    # Then the partner counts as confirmed, by whom and why, and the copy is kept
    partner = Membership.objects.get(pk=unconfirmed.partner.pk)
    assert response.status_code == 302
    assert (partner.confirmed_how, partner.confirmed_reason, partner.confirmed_by) == (
        "ON_BEHALF",
        "By e-mail.",
        unconfirmed.lead,
    )
    assert Event.objects.filter(act=Happening.CONFIRMED_ON_BEHALF).count() == 1
    assert Proof.objects.get().kind == "eml"


@pytest.mark.parametrize("sent", [{"reason": "By e-mail."}, {"upload": True}, {}])
def test_without_reason_or_copy_nothing_is_recorded(client, unconfirmed, sent):
    if "upload" in sent:
        sent = {"upload": SimpleUploadedFile("reply.pdf", PDF)}

    response = client.post(page("person_confirm", unconfirmed, unconfirmed.partner.pk), sent)

    assert "<title>Error:" in response.content.decode()
    assert Membership.objects.get(pk=unconfirmed.partner.pk).confirmed_at is None
    assert not Proof.objects.exists()


@pytest.mark.parametrize(
    ("name", "content", "served_as"),
    [
        ("返信.eml", HTML_MAIL, "application/octet-stream"),
        ("screen.png", PNG + SCRIPT, "image/png"),
        ("photo.jpeg", JPEG + SCRIPT, "image/jpeg"),
    ],
)
def test_a_kept_copy_comes_back_as_a_file_that_cannot_run(
    client, unconfirmed, name, content, served_as
):
    copy = SimpleUploadedFile(name, content)
    client.post(
        page("person_confirm", unconfirmed, unconfirmed.partner.pk), {"reason": "r", "upload": copy}
    )

    response = client.get(page("proof", unconfirmed, Proof.objects.get().pk))

    assert b"".join(response.streaming_content) == content
    assert response["Content-Type"] == served_as
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert (
        response["Content-Security-Policy"] == "sandbox; default-src 'none'; frame-ancestors 'none'"
    )
    assert "no-store" in response["Cache-Control"]


def test_a_copy_of_another_team_does_not_exist(client, unconfirmed):
    copy = SimpleUploadedFile("reply.pdf", PDF)
    client.post(
        page("person_confirm", unconfirmed, unconfirmed.partner.pk), {"reason": "r", "upload": copy}
    )
    kept = Proof.objects.get().pk

    client.force_login(scenes.user("stranger"))

    assert client.get(page("proof", unconfirmed, kept)).status_code == 404
    address = reverse("applications:proof", args=["NOTATEAM", kept])
    assert client.get(address).status_code == 404
