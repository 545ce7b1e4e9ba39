"""The two writings of Open311: what is asked with `.xml` and with `.json`. GeoReport v2, "Formats"."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, tostring

from django.http import HttpRequest, HttpResponse

XML, JSON = "xml", "json"
# What XML 1.0 cannot hold, not even escaped.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
Scalar = str | int | float | bool | None
Node = Scalar | Mapping[str, "Node"] | Sequence["Node"]


@dataclass(frozen=True, slots=True)
class Answer:
    """`root` names the outermost element in XML and `item` each row of a list; JSON has neither name."""

    root: str
    body: Node
    item: str = ""
    status: int = 200


# What the rows of a list inside a row are called in XML.
_ITEMS = {
    "endpoints": "endpoint",
    "formats": "format",
    "attributes": "attribute",
    "values": "value",
    "errors": "error",
    "service_requests": "request",
    "services": "service",
}


def answered(request: HttpRequest, form: str, answer: Answer) -> HttpResponse:
    """The response, in UTF-8 and with the content types of the standard."""
    response: HttpResponse
    if form == JSON:
        content = json.dumps(answer.body, ensure_ascii=False)
        response = HttpResponse(content, "application/json; charset=utf-8", answer.status)
    else:
        response = HttpResponse(_xml(answer), "text/xml; charset=utf-8", answer.status)
    # Read by apps of other places, and never with anybody's session.
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "no-store" if answer.status >= 400 else "public, max-age=30"
    return response


def _xml(answer: Answer) -> bytes:
    root = Element(answer.root)
    _fill(root, answer.body, answer.item)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _fill(into: Element, node: Node, item: str) -> None:
    if isinstance(node, Mapping):
        for name, value in node.items():
            _fill(SubElement(into, name), value, _ITEMS.get(name, "item"))
    elif isinstance(node, Sequence) and not isinstance(node, str):
        for one in node:
            _fill(SubElement(into, item or "item"), one, "")
    elif isinstance(node, bool):
        into.text = "true" if node else "false"
    elif node is not None:
        into.text = _NOT_XML.sub("\ufffd", str(node))
