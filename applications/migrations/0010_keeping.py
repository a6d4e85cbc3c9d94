from django.db import migrations


def pin_reference_days(apps, schema_editor):
    """Applications submitted before the day was pinned: their newest version's sealed content has it."""
    application = apps.get_model("applications", "Application")
    version = apps.get_model("applications", "Version")
    unpinned = application.objects.filter(version__gte=1, reference_on=None)
    for pk in list(unpinned.values_list("pk", flat=True)):
        newest = version.objects.filter(application=pk).order_by("-number").first()
        day = newest and newest.content.get("inputs", {}).get("reference_on")
        if day:
            application.objects.filter(pk=pk).update(reference_on=day)


def erase_codes_that_failed(apps, schema_editor):
    """Mails of sign-in that could not be sent kept their code; nobody sends them again."""
    message = apps.get_model("applications", "Message")
    unsent = ("WAITING", "SENDING")
    message.objects.filter(kind="ACCOUNT").exclude(state__in=unsent).exclude(text="").update(
        text=""
    )


class Migration(migrations.Migration):
    """What is promised of rows today holds for those of before, too."""

    dependencies = [("applications", "0009_counted"), ("directory", "0004_append_only")]

    operations = [
        migrations.RunPython(pin_reference_days, migrations.RunPython.noop),
        migrations.RunPython(erase_codes_that_failed, migrations.RunPython.noop),
    ]
