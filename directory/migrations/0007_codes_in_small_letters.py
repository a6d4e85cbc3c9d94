from django.db import migrations, models
from django.db.models.functions import Lower

from directory.published_guard import NeverChangesOncePublished, PublishedMayChange

WORDS = "Write it in small letters."


def in_small_letters(model: str, field: str) -> migrations.AddConstraint:
    return migrations.AddConstraint(
        model_name=model,
        constraint=models.CheckConstraint(
            condition=models.Q((field, Lower(field))),
            name=f"{model}_{field}_is_in_small_letters",
            violation_error_message=WORDS,
        ),
    )


class Migration(migrations.Migration):
    """Addresses are read without regard to capitals: a code in capitals could not be asked for."""

    dependencies = [("directory", "0006_published_never_changes")]

    operations = [
        PublishedMayChange(),
        in_small_letters("edition", "code"),
        in_small_letters("agency", "slug"),
        in_small_letters("call", "code"),
        NeverChangesOncePublished(),
    ]
