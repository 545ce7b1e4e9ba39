from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from songcau.foundation.accounts.rules import ORDER_KEY_LIMIT, name_key
from songcau.kernel.text import list_key, search_key


def make_keys(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Agencies and posts were sorted by folded names; search keys held apostrophes and hyphens that people leave out."""
    agency, post, person = (apps.get_model("accounts", name) for name in ("Agency", "Post", "Person"))
    for one in agency.objects.only("pk", "name", "code").iterator():
        keys = {"order_key": list_key(one.name, ORDER_KEY_LIMIT), "search_key": search_key(f"{one.name} {one.code}")}
        agency.objects.filter(pk=one.pk).update(**keys)
    for one in post.objects.only("pk", "title").iterator():
        post.objects.filter(pk=one.pk).update(order_key=list_key(one.title, ORDER_KEY_LIMIT))
    for one in person.objects.only("pk", "full_name", "username", "email", "phone").iterator():
        found_by = search_key(" ".join([one.full_name, one.username, one.email, one.phone]))
        person.objects.filter(pk=one.pk).update(sort_key=name_key(one.full_name), search_key=found_by)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_people_in_vietnamese_order")]
    operations = [
        migrations.AlterModelOptions(name="post", options={"ordering": ["agency", "-is_head", "order_key"]}),
        migrations.AddField(
            model_name="agency",
            name="order_key",
            field=models.CharField(db_index=True, default="", editable=False, max_length=700),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="post",
            name="order_key",
            field=models.CharField(default="", editable=False, max_length=700),
            preserve_default=False,
        ),
        migrations.RunPython(make_keys, migrations.RunPython.noop),
    ]
