from django.db import migrations

from songcau.foundation.accounts.personal_data import guards


def raise_guards(apps, schema_editor):
    guards.LOOKS.put_up(schema_editor.connection)


def drop_guards(apps, schema_editor):
    guards.LOOKS.take_down(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("personal_data", "0001_initial")]
    operations = [migrations.RunPython(raise_guards, drop_guards)]
