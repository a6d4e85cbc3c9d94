import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

from directory.append_only import MARK, AppendOnly


class Migration(migrations.Migration):
    """Who made an edition from which and why; the page as it was read; changes of calls."""

    dependencies = [
        ('directory', '0004_append_only'),
    ]

    operations = [
        migrations.CreateModel(
            name='CallChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('reason_en', models.TextField(verbose_name='reason in English')),
                ('reason_ja', models.TextField(verbose_name='reason in Japanese')),
                ('opens_before', models.DateTimeField(verbose_name='opened before')),
                ('opens_after', models.DateTimeField(verbose_name='opens after')),
                ('closes_before', models.DateTimeField(verbose_name='closed before')),
                ('closes_after', models.DateTimeField(verbose_name='closes after')),
                ('reference_before', models.DateField(blank=True, null=True, verbose_name='reference date before')),
                ('reference_after', models.DateField(blank=True, null=True, verbose_name='reference date after')),
            ],
            options={
                'verbose_name': 'change of a call',
                'verbose_name_plural': 'changes of calls',
            },
        ),
        migrations.CreateModel(
            name='HistoricalParticipation_programmes',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('m2m_history_id', models.AutoField(primary_key=True, serialize=False)),
            ],
            options={
                'verbose_name': 'HistoricalParticipation_programmes',
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='PublishedNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(verbose_name='order')),
                ('name', models.CharField(max_length=300, verbose_name='name as published')),
                ('participation', models.CharField(max_length=200, verbose_name='participation')),
                ('note', models.TextField(blank=True, verbose_name='published note')),
                ('fingerprint', models.CharField(max_length=64, verbose_name='fingerprint of the published note')),
            ],
            options={
                'verbose_name': 'published note',
                'verbose_name_plural': 'published notes',
            },
        ),
        migrations.CreateModel(
            name='PublishedPage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seen_on', models.DateField(verbose_name='seen on')),
                ('sha256', models.CharField(max_length=64, verbose_name='SHA-256')),
                ('rows', models.PositiveSmallIntegerField(verbose_name='rows')),
                ('loaded_at', models.DateTimeField(verbose_name='loaded at')),
            ],
            options={
                'verbose_name': 'published page',
                'verbose_name_plural': 'published pages',
            },
        ),
        migrations.AddField(
            model_name='edition',
            name='based_on',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.edition', verbose_name='made from the edition'),
        ),
        migrations.AddField(
            model_name='edition',
            name='made_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='made at'),
        ),
        migrations.AddField(
            model_name='edition',
            name='made_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='made by'),
        ),
        migrations.AddField(
            model_name='edition',
            name='reason',
            field=models.TextField(blank=True, verbose_name='reason of the change'),
        ),
        migrations.AddField(
            model_name='historicaledition',
            name='based_on',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='directory.edition', verbose_name='made from the edition'),
        ),
        migrations.AddField(
            model_name='historicaledition',
            name='made_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='made at'),
        ),
        migrations.AddField(
            model_name='historicaledition',
            name='made_by',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='made by'),
        ),
        migrations.AddField(
            model_name='historicaledition',
            name='reason',
            field=models.TextField(blank=True, verbose_name='reason of the change'),
        ),
        migrations.AddConstraint(
            model_name='agency',
            constraint=models.CheckConstraint(condition=models.Q(('slug__in', ['history']), _negated=True), name='agency_slug_is_no_page_of_the_list', violation_error_message='A page of the list has this address: choose another.'),
        ),
        migrations.AddConstraint(
            model_name='edition',
            constraint=models.CheckConstraint(condition=models.Q(('owner__in', ['AMED', 'JST'])), name='edition_owner_is_known'),
        ),
        migrations.AddConstraint(
            model_name='edition',
            constraint=models.CheckConstraint(condition=models.Q(('code__regex', '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'), _negated=True), name='edition_code_is_no_date', violation_error_message='A code that is a date would mean the list of that day.'),
        ),
        migrations.AddConstraint(
            model_name='edition',
            constraint=models.CheckConstraint(condition=models.Q(('based_on__isnull', True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='edition_made_from_another_says_why'),
        ),
        migrations.AddConstraint(
            model_name='edition',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('made_at__isnull', True), ('made_by__isnull', True)), models.Q(('made_at__isnull', False), ('made_by__isnull', False)), _connector='OR'), name='edition_made_by_whom_and_when_come_together'),
        ),
        migrations.AddField(
            model_name='callchange',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='changed by'),
        ),
        migrations.AddField(
            model_name='callchange',
            name='call',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='directory.call', verbose_name='call'),
        ),
        migrations.AddField(
            model_name='callchange',
            name='edition_after',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.edition', verbose_name='edition after'),
        ),
        migrations.AddField(
            model_name='callchange',
            name='edition_before',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.edition', verbose_name='edition before'),
        ),
        migrations.AddField(
            model_name='historicalparticipation_programmes',
            name='history',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, to='directory.historicalparticipation'),
        ),
        migrations.AddField(
            model_name='historicalparticipation_programmes',
            name='participation',
            field=models.ForeignKey(blank=True, db_constraint=False, db_tablespace='', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='directory.participation'),
        ),
        migrations.AddField(
            model_name='historicalparticipation_programmes',
            name='programme',
            field=models.ForeignKey(blank=True, db_constraint=False, db_tablespace='', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='directory.programme'),
        ),
        migrations.AddField(
            model_name='publishednote',
            name='agency',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.agency', verbose_name='agency'),
        ),
        migrations.AddField(
            model_name='publishedpage',
            name='edition',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pages', to='directory.edition', verbose_name='edition'),
        ),
        migrations.AddField(
            model_name='publishedpage',
            name='loaded_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='loaded by'),
        ),
        migrations.AddField(
            model_name='publishednote',
            name='page',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='directory.publishedpage', verbose_name='published page'),
        ),
        migrations.AddConstraint(
            model_name='callchange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('opens_after__isnull', False), ('opens_before__isnull', True)), models.Q(('opens_after__isnull', True), ('opens_before__isnull', False)), models.Q(('opens_after__isnull', False), ('opens_before__isnull', False), models.Q(('opens_before__lt', models.F('opens_after')), ('opens_before__gt', models.F('opens_after')), _connector='OR')), models.Q(('closes_after__isnull', False), ('closes_before__isnull', True)), models.Q(('closes_after__isnull', True), ('closes_before__isnull', False)), models.Q(('closes_after__isnull', False), ('closes_before__isnull', False), models.Q(('closes_before__lt', models.F('closes_after')), ('closes_before__gt', models.F('closes_after')), _connector='OR')), models.Q(('reference_after__isnull', False), ('reference_before__isnull', True)), models.Q(('reference_after__isnull', True), ('reference_before__isnull', False)), models.Q(('reference_after__isnull', False), ('reference_before__isnull', False), models.Q(('reference_before__lt', models.F('reference_after')), ('reference_before__gt', models.F('reference_after')), _connector='OR')), models.Q(('edition_after__isnull', False), ('edition_before__isnull', True)), models.Q(('edition_after__isnull', True), ('edition_before__isnull', False)), models.Q(('edition_after__isnull', False), ('edition_before__isnull', False), models.Q(('edition_before__lt', models.F('edition_after')), ('edition_before__gt', models.F('edition_after')), _connector='OR')), _connector='OR'), name='call_change_changes_something'),
        ),
        migrations.AddConstraint(
            model_name='callchange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reason_en', ''), _negated=True), models.Q(('reason_ja', ''), _negated=True)), name='call_change_says_why_in_both_languages'),
        ),
        migrations.AddConstraint(
            model_name='publishedpage',
            constraint=models.UniqueConstraint(fields=('edition', 'sha256', 'seen_on'), name='published_page_is_kept_once_a_day'),
        ),
        migrations.AddConstraint(
            model_name='publishednote',
            constraint=models.UniqueConstraint(fields=('page', 'position'), name='published_note_is_one_per_place_on_its_page'),
        ),
        migrations.AddConstraint(
            model_name='publishednote',
            constraint=models.UniqueConstraint(condition=models.Q(('agency__isnull', False)), fields=('page', 'agency'), name='published_note_is_one_per_agency_on_its_page'),
        ),
        AppendOnly("PublishedPage"),
        AppendOnly("PublishedNote"),
        AppendOnly("CallChange", erasable={"reason_en": MARK, "reason_ja": MARK}),
    ]
