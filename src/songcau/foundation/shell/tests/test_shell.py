"""Menu, context, tags, assets, language and theme, written numbers and days."""

import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.template import Context, Template, TemplateSyntaxError
from django.test import Client, RequestFactory, override_settings
from django.utils import translation

from songcau.foundation.shell import assets, navigation, written
from songcau.foundation.shell.context import shell as shell_context
from songcau.foundation.shell.navigation import NavigationItem, menu
from songcau.kernel.actor import Actor, Grant
from songcau.kernel.ids import new_id

SHELL = Path(__file__).parents[1]


def render(text: str, **context: object) -> str:
    return Template("{% load shell %}" + text).render(Context(context))


def actor(*permissions: str) -> Actor:
    return Actor(id=new_id(), label="Lan", grants=(Grant(permissions=frozenset(permissions), scope="/"),))


class TestWritten:
    @pytest.mark.parametrize(
        ("language", "call", "value", "expected"),
        [
            ("vi", written.number, 1889852, "1.889.852"),
            ("en", written.number, 1889852, "1,889,852"),
            ("vi", written.number, Decimal("84.20"), "84,20"),
            ("vi", written.number, -1234.5, "-1.234,5"),
            ("vi", written.number, None, "—"),
            ("vi", written.percent, 46.3, "46,3\N{NO-BREAK SPACE}%"),
            ("en", written.percent, 46.3, "46.3%"),
            ("vi", written.percent, None, "—"),
            ("vi", written.day, date(2026, 11, 3), "03/11/2026"),
            ("en", written.day, date(2026, 11, 3), "3 Nov 2026"),
            ("vi", written.day, None, "—"),
            ("vi", written.moment, datetime(2026, 11, 22, 17, 5, tzinfo=UTC), "00:05 23/11/2026"),
            ("en", written.moment, datetime(2026, 11, 22, 17, 5, tzinfo=UTC), "00:05, 23 Nov 2026"),
            ("vi", written.hour, datetime(2026, 11, 23, 7, 32, tzinfo=UTC), "14:32"),
            ("vi", written.shown, True, "Có"),
            ("en", written.shown, False, "No"),
            ("vi", written.shown, "", "—"),
            ("vi", written.shown, "a", "a"),
            (
                "vi",
                written.browser,
                "Mozilla/5.0 (Linux; Android 10) Chrome/140.0.0 Mobile Safari/537",
                "Chrome 140 · Android",
            ),
            ("vi", written.browser, "Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Edg/139.1", "Edge 139 · Windows"),
            ("vi", written.browser, "curl/8", "curl/8"),
            ("vi", written.browser, "", "—"),
        ],
    )
    def test_numbers_days_and_instants(self, language: str, call: Any, value: object, expected: str) -> None:
        with translation.override(language):
            assert call(value) == expected


class TestMenu:
    ITEMS = (
        NavigationItem("a", "shell_theme", "sun", permission="x.a", group="G"),
        NavigationItem("b", "shell_language", "language"),
        NavigationItem("gone", "no_such_name", "x"),
    )

    def test_only_what_the_actor_may_open_is_offered(self) -> None:
        assert [item.label for group in menu(actor(), "/", self.ITEMS) for item in group.items] == ["b"]
        assert [group.label for group in menu(actor("x.a"), "/", self.ITEMS)] == ["G", ""]

    def test_the_item_whose_address_is_the_longest_beginning_is_current(self) -> None:
        current = [i.label for g in menu(actor("x.a"), "/shell/theme/deeper", self.ITEMS) for i in g.items if i.current]
        assert current == ["a"]
        assert not any(i.current for g in menu(actor("x.a"), "/shell/themed", self.ITEMS) for i in g.items)

    def test_registering_twice_replaces(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(navigation, "_items", {})
        navigation.register(NavigationItem("late", "b", "x", order=9), NavigationItem("first", "a", "x", order=1))
        navigation.register(NavigationItem("late again", "b", "x", order=9))
        assert [item.label for item in navigation.registered()] == ["first", "late again"]

    def test_nobody_gets_no_menu(self) -> None:
        assert shell_context(RequestFactory().get("/"))["navigation"] == ()


class TestAssets:
    MANIFEST = {
        "icons.svg": {"file": "assets/icons.1.svg"},
        "src/songcau/foundation/shell/web/shell.ts": {"file": "shell.1.js", "css": ["assets/shell.1.css"]},
        "src/songcau/foundation/shell/web/portal.css": {"file": "assets/portal.1.css", "isEntry": True},
        "_map.js": {"file": "chunks/map.1.js", "css": ["assets/map.1.css"]},
        "src/songcau/consoles/administration/islands/units_map.ts": {
            "file": "administration/units_map.1.js", "isEntry": True, "imports": ["_map.js"],
        },
    }  # fmt: skip

    @pytest.fixture
    def dist(self, tmp_path: Path) -> Any:
        (tmp_path / "manifest.json").write_text(json.dumps(self.MANIFEST))
        with override_settings(FRONT_END_DIST=tmp_path):
            yield tmp_path

    @pytest.mark.usefixtures("dist")
    def test_an_island_brings_its_module_its_styles_and_its_chunks(self) -> None:
        html = render('{% island "administration/units_map" %}')
        assert '<link rel="stylesheet" href="/static/dist/assets/map.1.css">' in html
        assert '<link rel="modulepreload" href="/static/dist/chunks/map.1.js">' in html
        assert '<script type="module" src="/static/dist/administration/units_map.1.js"></script>' in html

    @pytest.mark.usefixtures("dist")
    def test_styles_and_icons_come_from_the_manifest(self) -> None:
        assert "/static/dist/assets/shell.1.css" in render("{% vite_styles %}")
        assert "/static/dist/assets/portal.1.css" in render('{% vite_styles "portal" %}')
        assert "/static/dist/assets/icons.1.svg#map-2" in render('{% icon "map-2" %}')
        assert 'aria-hidden="true"' in render('{% icon "map-2" %}')
        assert 'role="img" aria-label="Bản đồ"' in render('{% icon "map-2" "Bản đồ" %}')

    @pytest.mark.usefixtures("dist")
    def test_an_island_that_was_not_built_says_what_to_do(self) -> None:
        with pytest.raises(assets.BuildMissing, match="npm ci && npm run build"):
            render('{% island "administration/nothing" %}')

    def test_a_missing_build_says_what_to_do_but_leaves_error_pages_standing(self, tmp_path: Path) -> None:
        with override_settings(FRONT_END_DIST=tmp_path):
            with pytest.raises(assets.BuildMissing, match="npm ci && npm run build"):
                render("{% vite_styles %}")
            assert render('{% vite_styles_or_none %}{% icon "x" %}') == ""

    @pytest.mark.usefixtures("dist")
    def test_a_new_build_is_seen(self, dist: Path) -> None:
        render("{% vite_styles %}")
        changed = json.dumps(self.MANIFEST).replace("shell.1.css", "shell.2.css")
        (dist / "manifest.json").write_text(changed)
        import os

        os.utime(dist / "manifest.json", ns=(1, 1))
        assert "shell.2.css" in render("{% vite_styles %}")

    def test_an_icon_that_is_not_listed_is_an_error(self) -> None:
        with pytest.raises(TemplateSyntaxError, match="no-such-icon"):
            render('{% icon "no-such-icon" %}')


def test_every_icon_that_templates_name_is_listed() -> None:
    listed = set((SHELL / "web" / "icons.txt").read_text().split("\n"))
    named = {
        name
        for file in SHELL.parents[1].rglob("templates/**/*.html")
        for name in re.findall(r'{% icon "([^"]+)"', file.read_text(encoding="utf-8"))
    }
    assert "map-2" in listed
    assert named
    assert named <= listed


def test_no_template_has_inline_script_or_style() -> None:
    faults = []
    for file in SHELL.parents[1].rglob("templates/**/*.html"):
        text = file.read_text(encoding="utf-8")
        if re.search(r"\sstyle=|<style|\son[a-z]+=|<script(?![^>]*\bsrc=)|javascript:|hx-on|js:", text):
            faults.append(file.name)
    assert faults == []


class Sample(forms.Form):
    name = forms.CharField(label="Tên", help_text="như trên giấy tờ")
    code = forms.CharField(label="Mã", required=False, widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}))
    kind = forms.ChoiceField(label="Loại", choices=[("a", "A")], widget=forms.RadioSelect)
    agreed = forms.BooleanField(label="Đồng ý")


class TestForm:
    def test_an_error_stands_in_the_summary_and_beside_its_field(self) -> None:
        html = render('{% include "shell/parts/form.html" %}', form=Sample({}))
        assert '<a href="#id_name">' in html
        assert 'id="id_name_error"' in html
        assert 'aria-describedby="id_name_error id_name_helptext"' in html
        assert 'aria-invalid="true"' in html
        assert html.index("sc-errors") < html.index("<form")

    def test_a_link_of_the_summary_has_somewhere_to_go(self) -> None:
        html = render('{% include "shell/parts/form.html" %}', form=Sample({}))
        for target in re.findall(r'href="#([^"]+)"', html):
            assert f'id="{target}"' in html

    def test_a_form_in_order_has_no_summary_and_marks_what_is_optional(self) -> None:
        with translation.override("vi"):
            html = render('{% include "shell/parts/form.html" %}', form=Sample())
        assert "sc-errors" not in html
        assert html.count("không bắt buộc") == 1
        assert 'inputmode="numeric"' in html


class TestParts:
    def test_a_figure_says_as_of_when_from_where_and_leads_to_its_list(self) -> None:
        with translation.override("vi"):
            html = render(
                '{% figure "Dân số" 1889852 unit="người" as_of=at source="Cục Thống kê" href="/list" %}',
                at=datetime(2026, 11, 23, 7, 32, tzinfo=UTC),
            )
        assert '<a href="/list">1.889.852</a>' in html
        assert "Tính đến 14:32 23/11/2026" in html
        assert "Nguồn: Cục Thống kê" in html
        assert "sc-stale" not in html

    def test_a_stale_figure_says_so_in_a_word(self) -> None:
        with translation.override("vi"):
            assert "Dữ liệu cũ" in render('{% figure "a" 1 stale=True %}')

    def test_severity_has_colour_icon_and_word(self) -> None:
        html = render('{% severity "CRITICAL" "Nghiêm trọng" %}')
        assert "is-critical" in html
        assert "alert-octagon" in html
        assert "Nghiêm trọng" in html


class TestChoices:
    @pytest.fixture
    def client(self) -> Client:
        return Client()

    @pytest.mark.parametrize(
        ("target", "goes"),
        [("/people?q=1", "/people?q=1"), ("https://evil.example/", "/"), ("//evil.example", "/"), ("", "/")],
    )
    def test_back_to_the_page_never_to_another_site(self, client: Client, target: str, goes: str) -> None:
        response = client.post("/shell/theme", {"theme": "dark", "next": target})
        assert response["Location"] == goes
        assert client.cookies["theme"].value == "dark"
        assert client.cookies["theme"]["httponly"]

    def test_a_language_and_a_theme_there_is_none_of_change_nothing(self, client: Client) -> None:
        client.post("/shell/language", {"language": "xx"})
        client.post("/shell/theme", {"theme": "pink"})
        assert not client.cookies

    def test_the_language_is_remembered(self, client: Client) -> None:
        client.post("/shell/language", {"language": "en"})
        assert client.cookies["django_language"].value == "en"

    def test_a_choice_is_made_by_post_only(self, client: Client) -> None:
        assert client.get("/shell/theme").status_code == 405
