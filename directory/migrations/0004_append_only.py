from django.db import migrations

from directory.append_only import MARK, AppendOnly


class Migration(migrations.Migration):
    """Who gave whom which role, and what was erased: only ever added to."""

    dependencies = [("directory", "0003_erasures")]

    operations = [
        AppendOnly("StaffRoleChange", erasable={"reason": MARK}),
        AppendOnly("Erasure"),
    ]
