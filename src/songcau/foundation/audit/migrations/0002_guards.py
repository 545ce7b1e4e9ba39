from django.db import migrations

from songcau.foundation.audit import guards


def raise_guards(apps, schema_editor):
    guards.ENTRIES.put_up(schema_editor.connection)


def drop_guards(apps, schema_editor):
    guards.ENTRIES.take_down(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(raise_guards, drop_guards)]
