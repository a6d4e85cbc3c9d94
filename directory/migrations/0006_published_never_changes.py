from django.db import migrations

from directory.published_guard import NeverChangesOncePublished


class Migration(migrations.Migration):
    """The database keeps published editions as they were published.

    A later migration that changes one of these tables takes the guard away and puts it back; see
    ``directory.published_guard``.
    """

    dependencies = [("directory", "0005_editions_by_staff")]

    operations = [NeverChangesOncePublished()]
