"""`{% load desk %}`: notices in words."""

from django import template
from django.urls import reverse

from songcau.foundation.notifications.models import Notice
from songcau.foundation.notifications.rendering import full, token_of

register = template.Library()


@register.simple_tag
def notice_text(notice: Notice) -> dict[str, str]:
    """Title, body and the address that opens a notice, in the present language."""
    text = full(notice.kind, notice.params)
    href = reverse("desk:open_notice", args=[token_of(notice.pk)])
    return {"title": text.title, "body": text.body, "href": href}
