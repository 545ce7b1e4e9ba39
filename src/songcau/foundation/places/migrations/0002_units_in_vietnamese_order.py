from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from songcau.foundation.places.models import ORDER_KEY_LIMIT
from songcau.kernel.text import list_key, search_key


def make_keys(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Units were sorted by folded names; search keys held apostrophes and hyphens that people leave out."""
    unit = apps.get_model("places", "Unit")
    for one in unit.objects.only("pk", "name").iterator():
        keys = {"order_key": list_key(one.name, ORDER_KEY_LIMIT), "search_key": search_key(one.name)}
        unit.objects.filter(pk=one.pk).update(**keys)


class Migration(migrations.Migration):
    dependencies = [("places", "0001_initial")]
    operations = [
        migrations.AddField(
            model_name="unit",
            name="order_key",
            field=models.CharField(db_index=True, default="", editable=False, max_length=400),
            preserve_default=False,
        ),
        migrations.RunPython(make_keys, migrations.RunPython.noop),
    ]
