"""The pages of the simulated providers. Each says that it is simulated; none asks for a password."""

from collections.abc import Mapping
from html import escape

from songcau.simulators.identity.people import PEOPLE, STYLES, Person
from songcau.simulators.identity.provider import FAULTS

STYLE = """
:root { color-scheme: light dark; }
body { max-width: 34rem; margin: 0 auto; padding: 1rem; font: 1rem/1.5 system-ui, sans-serif; }
.mark { padding: 0.5rem 1rem; border: 2px dashed; font-weight: 700; }
button, select { width: 100%; min-height: 2.75rem; margin: 0.25rem 0; padding: 0.5rem 1rem; font: inherit; }
button { text-align: start; }
"""
_LEVELS = {1: "mức 1 – chưa xác minh trực tiếp", 2: "mức 2 – đã xác minh", 3: "mức 3 – đã xác minh, thẻ gắn chip"}


def choosing(style: str, asked: Mapping[str, str]) -> str:
    """Whom to be, and which fault to show."""
    hidden = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in asked.items()
    )
    faults = "".join(f"<option>{fault}</option>" for fault in FAULTS)
    label = STYLES[style].label
    return page(
        f"{label} (mô phỏng)",
        f"""<h1>{label} (mô phỏng)</h1>
<p>Đây không phải {label}. Trang này chạy trên máy của bạn, không hỏi mật khẩu;
mọi người trong danh sách đều là bịa.</p>
<form method="post">{hidden}
<h2>Bạn muốn là ai?</h2>
{"".join(_button(one) for one in PEOPLE)}
<p><button name="who" value="">Không đăng nhập, quay lại</button></p>
<details><summary>Mô phỏng một lỗi của nhà cung cấp</summary>
<p><label for="fault">Lỗi</label>
<select id="fault" name="fault"><option value="">không có lỗi</option>{faults}</select></p>
</details></form>""",
    )


def _button(one: Person) -> str:
    return f'<button name="who" value="{one.key}"><b>{escape(one.full_name)}</b><br>{_LEVELS[one.level]}</button>'


def problem(text: str) -> str:
    return page("Yêu cầu không hợp lệ (mô phỏng)", f"<h1>Yêu cầu không hợp lệ</h1><p>{escape(text)}</p>")


def page(title: str, body: str) -> str:
    return f"""<!DOCTYPE html>
<html lang="vi"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title><link rel="stylesheet" href="/style.css"></head>
<body><header><p class="mark">MÔ PHỎNG – chỉ dùng để trình diễn và kiểm thử</p></header>
<main>{body}</main></body></html>"""
