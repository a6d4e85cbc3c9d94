from django.db import migrations

from directory.append_only import MARK, AppendOnly


class Migration(migrations.Migration):
    """The record is only ever added to; what a person wrote may give way to a mark."""

    dependencies = [
        ("applications", "0007_screening_and_use"),
        ("directory", "0004_append_only"),
    ]

    operations = [
        AppendOnly("Event", erasable={"reason": MARK}),
        AppendOnly("Version"),
        AppendOnly("VersionPerson", erasable={"values": {}}),
        AppendOnly("Proof", erasable={"name": MARK, "file": ""}),
        AppendOnly("InternalNote", erasable={"text": MARK}),
        AppendOnly("DataUse", erasable={"filters": MARK, "reason": MARK}),
        AppendOnly("LetterTemplate"),
        AppendOnly("ForgottenAddress"),
    ]
