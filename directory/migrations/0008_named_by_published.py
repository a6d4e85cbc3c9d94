from django.db import migrations

from directory.published_guard import NeverChangesOncePublished, PublishedMayChange


class Migration(migrations.Migration):
    """What a published row names keeps its code, its parent and its key, and is never taken away.

    No table changes; taken away and put back, the guard is the present one, backwards as well.
    """

    dependencies = [("directory", "0007_codes_in_small_letters")]

    operations = [PublishedMayChange(), NeverChangesOncePublished()]
