"""A copy of what is held about a person: one file for people and one for machines, in a zip."""

import io
import json
import zipfile
from typing import Any

from django.template.loader import render_to_string

from songcau.foundation.accounts.models import Person
from songcau.foundation.accounts.personal_data.sources import held_about
from songcau.kernel import clock

# Rows of a section in the copy; older ones are counted in it and given by the officer on request.
MOST = 5_000


def copy_for(person: Person) -> bytes:
    """The zip, in the present language."""
    made_at = clock.now()
    sources = held_about(person.pk, most=MOST)
    data: dict[str, Any] = {
        "person": {"id": str(person.pk), "username": person.username, "full_name": person.full_name},
        "made_at": made_at.isoformat(),
        "sources": [
            {
                "code": source.code,
                "title": str(source.title),
                "sections": [section.as_data() for section in sections],
            }
            for source, sections in sources
        ],
    }
    page = render_to_string("desk/my_data/copy.html", {"person": person, "made_at": made_at, "sources": sources})
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("du-lieu-cua-toi.html", page)
        archive.writestr("du-lieu-cua-toi.json", json.dumps(data, ensure_ascii=False, indent=1))
    return held.getvalue()
