from django.db import migrations, models
from django.utils import timezone

from songcau.systems.citizen_reports.models import tallies, word_index
from songcau.systems.citizen_reports.rules import amber_at, thrice_due_at, shown_code, words_to_find

COLUMNS = ['received_on', 'asked_at', 'amber_at', 'black_at', 'search_key', 'public_search_key']


def fill(apps, schema_editor):
    Report = apps.get_model('citizen_reports', 'Report')
    batch = []
    for row in Report.objects.iterator(1000):
        began = row.reopened_at or row.received_at
        row.received_on = timezone.localdate(row.received_at)
        row.asked_at = row.due_at or row.verify_due_at
        row.amber_at = amber_at(began, row.asked_at)
        row.black_at = thrice_due_at(began, row.asked_at)
        code = f'{row.code} {shown_code(row.code)}'
        row.search_key = ' '.join(words_to_find(f'{code} {row.text} {row.place_words} {row.ward_name}'))
        if row.public_search_key:
            row.public_search_key = ' '.join(words_to_find(f'{code} {row.public_text or row.text} {row.ward_name}'))
        batch.append(row)
        if len(batch) == 1000:
            Report.objects.bulk_update(batch, COLUMNS)
            batch = []
    Report.objects.bulk_update(batch, COLUMNS)


def put_up(apps, schema_editor):
    word_index.put_up(schema_editor.connection)
    tallies.put_up(schema_editor.connection)
    tallies.recount(schema_editor.connection)


def take_down(apps, schema_editor):
    tallies.take_down(schema_editor.connection)
    word_index.take_down(schema_editor.connection)


def moments(null):
    return {name: models.DateTimeField(editable=False, null=null) for name in ('asked_at', 'amber_at', 'black_at')}


class Migration(migrations.Migration):

    dependencies = [
        ('citizen_reports', '0004_public_search_key'),
    ]

    operations = [
        migrations.CreateModel(
            name='DayTally',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('ALL', 'All'), ('UNIT', 'Unit'), ('WARD', 'Ward'), ('CATEGORY', 'Category')], max_length=8)),
                ('key', models.CharField(blank=True, max_length=40)),
                ('day', models.DateField()),
                ('received', models.IntegerField()),
                ('in_time', models.IntegerField()),
                ('done_late', models.IntegerField()),
                ('turned_down', models.IntegerField()),
                ('reopened', models.IntegerField()),
                ('rated', models.IntegerField()),
                ('content', models.IntegerField()),
                ('unhappy', models.IntegerField()),
                ('stars', models.IntegerField()),
            ],
            options={
                'indexes': [models.Index(fields=['kind', 'day', 'key'], name='report_day_tally')],
            },
        ),
        migrations.CreateModel(
            name='PlaceTally',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('ALL', 'All'), ('PUBLIC', 'Public')], max_length=8)),
                ('x', models.IntegerField()),
                ('y', models.IntegerField()),
                ('many', models.IntegerField()),
                ('still_open', models.IntegerField()),
                ('east', models.BigIntegerField()),
                ('north', models.BigIntegerField()),
            ],
            options={
                'indexes': [models.Index(fields=['kind', 'y', 'x'], name='report_place_tally')],
            },
        ),
        migrations.AddField('report', 'received_on', models.DateField(editable=False, null=True)),
        *(migrations.AddField('report', name, field) for name, field in moments(True).items()),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField('report', 'received_on', models.DateField(editable=False)),
        *(migrations.AlterField('report', name, field) for name, field in moments(False).items()),
        migrations.RemoveIndex(model_name='report', name='report_worklist'),
        migrations.RemoveIndex(model_name='report', name='report_by_due'),
        migrations.AddIndex(
            model_name='report',
            index=models.Index(condition=models.Q(('is_open', True)), fields=['agency', 'asked_at', 'id'], name='report_worklist'),
        ),
        migrations.AddIndex(
            model_name='report',
            index=models.Index(condition=models.Q(('is_open', True)), fields=['asked_at', 'id', 'agency', 'amber_at', 'black_at'], name='report_open_by_asked'),
        ),
        migrations.AddIndex(
            model_name='report',
            index=models.Index(condition=models.Q(('is_open', True)), fields=['state', 'verify_due_at', 'id'], name='report_open_by_state'),
        ),
        migrations.AddIndex(
            model_name='report',
            index=models.Index(condition=models.Q(('is_open', True), ('officer_id__isnull', False)), fields=['officer_label', 'officer_id'], name='report_open_by_officer'),
        ),
        migrations.AddIndex(
            model_name='report',
            index=models.Index(condition=models.Q(('is_open', True)), fields=['due_at'], name='report_open_by_due'),
        ),
        migrations.AddIndex(
            model_name='report',
            index=models.Index(fields=['agency', '-received_at'], name='report_by_agency'),
        ),
        migrations.RunPython(put_up, take_down),
    ]
