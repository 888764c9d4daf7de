"""A chart's SVG, made fit to stand inside a page: no style attribute, no id of another chart, colours by class.

A page of ours lets in one style sheet and nothing else (its Content-Security-Policy), and that would switch off every
``style="..."`` that matplotlib writes. So each becomes plain attributes, and each known colour a class on top of them:
the page's style sheet then says what the colour is by day and by night, and without a page the plain one stands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.etree import ElementTree as ET

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_FONT = re.compile(r"(?:(?P<weight>bold|[1-9]00)\s+)?(?P<size>[0-9.]+)px\b")
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_PAINTS = ("fill", "stroke")
_FAMILY = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Noto Sans CJK SC', sans-serif"


def embed_svg(source: str, *, name: str, title: str, classes: Mapping[str, str]) -> str:
    """The SVG text of one ``<svg>`` element.

    ``name``: begins every id, so that charts of one page do not meet. ``title``: read out in place of the picture.
    ``classes``: colour as ``#rrggbb`` -> word; a shape filled with it gets the class ``fill-word``, a line
    ``stroke-word``.
    """
    root = ET.fromstring(source)
    _drop(root, {f"{{{_SVG}}}metadata", f"{{{_SVG}}}style"})
    for element in root.iter():
        _write_attributes(element, name)
        _write_style(element, classes)
    _write_head(root, title)
    ET.register_namespace("", _SVG)
    return ET.tostring(root, encoding="unicode")


def _drop(element: ET.Element, tags: set[str]) -> None:
    for child in list(element):
        if child.tag in tags:
            element.remove(child)
        else:
            _drop(child, tags)


def _write_head(root: ET.Element, title: str) -> None:
    for size in ("width", "height", "version"):
        root.attrib.pop(size, None)
    root.attrib |= {
        "role": "img",
        "class": "chart",
        "font-family": _FAMILY,
        "stroke-linejoin": "round",
        "stroke-linecap": "butt",
    }
    said = ET.Element(f"{{{_SVG}}}title")
    said.text = title
    root.insert(0, said)


def _write_attributes(element: ET.Element, name: str) -> None:
    if "id" in element.attrib:
        element.attrib["id"] = f"{name}-{element.attrib['id']}"
    target = element.attrib.pop(f"{{{_XLINK}}}href", None)
    if target is not None:
        element.attrib["href"] = f"#{name}-{target.removeprefix('#')}"
    for key, value in element.attrib.items():
        element.attrib[key] = _REFERENCE.sub(rf"url(#{name}-\1)", value)


def _write_style(element: ET.Element, classes: Mapping[str, str]) -> None:
    for declaration in element.attrib.pop("style", "").split(";"):
        key, _, value = (part.strip() for part in declaration.partition(":"))
        if key == "font":
            font = _FONT.search(value)
            if font:
                element.attrib["font-size"] = font["size"]
            if font and font["weight"]:
                element.attrib["font-weight"] = font["weight"]
        elif key:
            element.attrib[key] = value
    if element.tag == f"{{{_SVG}}}text":
        element.attrib.setdefault("fill", "#000000")
    words = [f"{paint}-{classes[found]}" for paint in _PAINTS if (found := element.attrib.get(paint, "")) in classes]
    if words:
        element.attrib["class"] = " ".join(words)
