from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from songcau.foundation.accounts.rules import name_key


def order_anew(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Keys were folded names before; they told An from Ân by nothing."""
    person = apps.get_model("accounts", "Person")
    for one in person.objects.only("pk", "full_name").iterator():
        person.objects.filter(pk=one.pk).update(sort_key=name_key(one.full_name))


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [
        migrations.AlterField(
            model_name="person",
            name="sort_key",
            field=models.CharField(db_index=True, editable=False, max_length=500),
        ),
        migrations.RunPython(order_anew, migrations.RunPython.noop),
    ]
