"""`{% load shell %}`: styles, islands, icons, figures, dates and numbers as the city writes them."""

from datetime import date
from decimal import Decimal
from functools import cache
from uuid import UUID

from django import template
from django.conf import settings
from django.forms import BoundField
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from songcau.foundation.shell.assets import DIST, Asset, BuildMissing, manifest
from songcau.foundation.shell.beside import beside as parts_beside
from songcau.foundation.shell.context import THEMES
from songcau.foundation.shell.written import (
    browser,
    budget,
    day,
    day_in_full,
    hour,
    in_words,
    moment,
    money,
    number,
    percent,
    period,
    shown,
    when,
)

register = template.Library()
SEVERITIES = {
    "critical": "alert-octagon",
    "high": "alert-triangle",
    "medium": "alert-circle",
    "low": "info-circle",
    "information": "info-circle",
}


def _styles(asset: Asset) -> SafeString:
    return format_html_join("\n", '<link rel="stylesheet" href="{}">', ((style,) for style in asset.styles))


@register.simple_tag
def vite_styles(name: str = "shell") -> SafeString:
    """The style sheets of `shell` or `portal`. Raises BuildMissing."""
    return _styles(manifest().asset(name))


@register.simple_tag
def vite_styles_or_none(name: str = "shell") -> SafeString:
    """As `vite_styles`, for error pages: they must stand even where the front end was not built."""
    try:
        return vite_styles(name)
    except BuildMissing:
        return SafeString("")


@register.simple_tag
def vite_script(name: str = "shell") -> SafeString:
    """The module of an entry, without its styles."""
    return format_html('<script type="module" src="{}"></script>', manifest().asset(name).script)


@register.simple_tag
def island(name: str) -> SafeString:
    """Styles, preloads and module of `<app>/<file name>`, for `…/<app>/islands/<file name>.ts`. Raises BuildMissing."""
    asset = manifest().asset(name)
    preloads = format_html_join("\n", '<link rel="modulepreload" href="{}">', ((file,) for file in asset.preloads))
    return format_html('{}\n{}\n<script type="module" src="{}"></script>', _styles(asset), preloads, asset.script)


@cache
def _icon_names() -> frozenset[str]:
    lines = (DIST.parents[1] / "foundation" / "shell" / "web" / "icons.txt").read_text(encoding="utf-8").split("\n")
    return frozenset(line for line in lines if line and not line.startswith("#"))


@register.simple_tag
def icon(name: str, label: str = "", extra: str = "") -> SafeString:
    """A Tabler icon of `web/icons.txt`. Without `label` it is decoration that a screen reader passes over.

    Raises TemplateSyntaxError for a name that is not in the list.
    """
    if name not in _icon_names():
        raise template.TemplateSyntaxError(f"no icon {name!r} in shell/web/icons.txt")
    try:
        address = manifest().icons
    except BuildMissing:
        return SafeString("")
    described = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html(
        '<svg class="icon {}" fill="none" stroke="currentColor" stroke-linecap="round" '
        'stroke-linejoin="round" {}><use href="{}#{}"></use></svg>',
        extra,
        described,
        address,
        name,
    )


@register.inclusion_tag("shell/parts/severity.html")
def severity(level: str, words: str) -> dict[str, object]:
    """A severity in colour, icon and word. `level`: critical, high, medium, low, information (any case)."""
    level = level.lower()
    return {"level": level, "icon": SEVERITIES[level], "words": words}


@register.inclusion_tag("shell/parts/figure.html")
def figure(
    label: str,
    value: object,
    *,
    unit: str = "",
    as_of: date | None = None,
    source: str = "",
    href: str = "",
    stale: bool = False,
) -> dict[str, object]:
    """One figure in a `<dl class="sc-figures">`: what, how much, as of when, from which source, the list behind it."""
    return {
        "label": label,
        "value": number(value) if isinstance(value, int | float | Decimal) else value,
        "unit": unit,
        "as_of": as_of,
        "source": source,
        "href": href,
        "stale": stale,
    }


@register.inclusion_tag("shell/parts/as_of.html")
def as_of(when: date | None, source: str = "", *, stale: bool = False) -> dict[str, object]:
    """“As of 14:32 23/11/2026 · Source: …”."""
    return {"as_of": when, "source": source, "stale": stale}


@register.inclusion_tag("shell/parts/field.html")
def field(bound: BoundField, hint: str = "") -> dict[str, object]:
    """A form's field with label, hint and messages tied to it (aria-describedby), in Tabler's look."""
    return {"field": bound, "hint": hint or bound.help_text, "kind": bound.widget_type, "widget": _dressed(bound, hint)}


def _dressed(bound: BoundField, hint: str) -> SafeString:
    """The widget with its classes and the attributes a screen reader needs."""
    kind = bound.widget_type
    classes = {"select": "form-select", "selectmultiple": "form-select", "checkbox": "form-check-input"}
    plain = kind in {"radioselect", "checkboxselectmultiple"}
    dress = {"class": "" if plain else classes.get(kind, "form-control")}
    described = []
    if bound.errors:
        dress["class"] += " is-invalid"
        dress["aria-invalid"] = "true"
        described.append(f"{bound.auto_id}_error")
    if hint or bound.help_text:
        described.append(f"{bound.auto_id}_helptext")
    if described:
        dress["aria-describedby"] = " ".join(described)
    own = bound.field.widget.attrs.get("class", "")
    if bound.field.widget.attrs.get("autocomplete") == "one-time-code":
        dress |= {"inputmode": "numeric", "placeholder": ""}
    return bound.as_widget(attrs={**dress, "class": f"{dress['class']} {own}".strip()})


@register.simple_tag(takes_context=True)
def beside(context: template.Context, kind: str, thing_id: UUID) -> SafeString:
    """`{% beside "incident" incident.pk %}`: what other systems have to say of it, for who looks."""
    return parts_beside(context["actor"], kind, thing_id)


@register.simple_tag(takes_context=True)
def theme_attribute(context: template.Context) -> SafeString:
    """` data-bs-theme="dark"` where the person chose; nothing where the device decides."""
    chosen = context.get("theme")
    return format_html(' data-bs-theme="{}"', chosen) if chosen in THEMES[1:] else SafeString("")


@register.simple_tag(takes_context=True)
def page_language(context: template.Context) -> str:
    """The `lang` of the page."""
    return str(context.get("language") or settings.LANGUAGE_CODE)


for _written in (
    *(browser, number, percent, money, budget, in_words),
    *(day, day_in_full, period, moment, hour, when, shown),
):
    register.filter(_written.__name__, _written)
