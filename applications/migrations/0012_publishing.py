import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from directory.append_only import MARK, AppendOnly


class Migration(migrations.Migration):
    """Golden cases of an edition, what it would change, and who published it."""

    dependencies = [
        ('applications', '0011_acts'),
        ('directory', '0005_editions_by_staff'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Publication',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='published at')),
                ('reason', models.TextField(blank=True, verbose_name='reason')),
                ('fingerprint', models.CharField(max_length=64, verbose_name='fingerprint of the edition')),
                ('authors', models.JSONField(blank=True, default=list, verbose_name='accounts that wrote it')),
                ('cases', models.JSONField(blank=True, default=dict, verbose_name='golden cases')),
                ('effect', models.JSONField(blank=True, default=dict, verbose_name='effect')),
                ('addresses', models.JSONField(blank=True, default=list, verbose_name='addresses that changed')),
                ('calls', models.JSONField(blank=True, default=list, verbose_name='calls that took it')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='published by')),
                ('edition', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.edition', verbose_name='edition')),
            ],
            options={
                'verbose_name': 'publication of an edition',
                'verbose_name_plural': 'publications of editions',
            },
        ),
        migrations.CreateModel(
            name='EffectPreview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('started_at', models.DateTimeField(verbose_name='started at')),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='finished at')),
                ('fingerprint', models.CharField(max_length=64, verbose_name='fingerprint of the draft')),
                ('calls', models.JSONField(blank=True, default=list, verbose_name='calls that would take it')),
                ('cursor', models.PositiveBigIntegerField(default=0, verbose_name='application reached')),
                ('seen', models.PositiveIntegerField(default=0, verbose_name='applications judged')),
                ('total', models.PositiveIntegerField(default=0, verbose_name='applications to judge')),
                ('found', models.JSONField(blank=True, default=dict, verbose_name='what was found')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked by')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='directory.edition', verbose_name='edition')),
            ],
            options={
                'verbose_name': "preview of an edition's effect",
                'verbose_name_plural': "previews of editions' effects",
                'constraints': [models.UniqueConstraint(fields=('edition',), name='effect_preview_is_one_per_edition')],
            },
        ),
        migrations.CreateModel(
            name='GoldenCase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(blank=True, max_length=100, verbose_name='grant number')),
                ('programme', models.CharField(blank=True, max_length=20, verbose_name='programme')),
                ('starts_on', models.DateField(blank=True, null=True, verbose_name='starts on')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='ends on')),
                ('country', models.CharField(blank=True, max_length=2, verbose_name='country of the holder')),
                ('on', models.DateField(verbose_name='reference date')),
                ('expected_verdict', models.CharField(max_length=12, verbose_name='expected verdict')),
                ('expected_reasons', models.TextField(blank=True, verbose_name='expected reasons')),
                ('why', models.TextField(verbose_name='reason')),
                ('stated_at', models.DateTimeField(verbose_name='stated at')),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.agency', verbose_name='agency')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.edition', verbose_name='edition')),
                ('stated_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='stated by')),
            ],
            options={
                'verbose_name': 'golden case',
                'verbose_name_plural': 'golden cases',
                'constraints': [models.CheckConstraint(condition=models.Q(('why', ''), _negated=True), name='golden_case_says_why'), models.CheckConstraint(condition=models.Q(('expected_verdict__in', ['FITS', 'FITS_IF', 'CANNOT_TELL', 'DOES_NOT_FIT'])), name='golden_case_expects_a_known_verdict')],
            },
        ),
        AppendOnly("GoldenCase", erasable={"why": MARK}),
        AppendOnly("Publication", erasable={"reason": MARK}),
    ]
