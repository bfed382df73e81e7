"""Narratives: the XHTML that a resource carries for people, and what it may not carry.

http://hl7.org/fhir/R4/narrative.html allows formatting, links and images, and no active content. Hazard: a script that
one supplier stores and another organisation's clinician runs by opening the record. Whatever shows a narrative cleans
it again; this keeps the active ones out of the store.

Deprecated formatting is let in, and so is a div without its namespace: refusing a whole document for `<u>` helps nobody.
"""

import re

from lxml import etree

_XHTML = "{http://www.w3.org/1999/xhtml}"
_XML = "{http://www.w3.org/XML/1998/namespace}"
_FORMATTING = """
    a abbr acronym address area b bdo big blockquote br caption center cite code col colgroup dd del dfn div dl dt
    em font h1 h2 h3 h4 h5 h6 hr i img ins kbd li map ol p pre q s samp small span strike strong sub sup table
    tbody td tfoot th thead tr tt u ul var
"""
_ELEMENTS = frozenset(_FORMATTING.split())
_FORMS = """
    abbr accesskey align alt axis bgcolor border cellpadding cellspacing char charoff charset class clear color
    cols colspan compact coords datetime dir face frame headers height hreflang hspace id ismap lang name
    nohref noshade nowrap rel rev rows rowspan rules scope shape size span start summary tabindex target title
    type usemap valign value vspace width
"""
_ATTRIBUTES = frozenset(_FORMS.split()) | {f"{_XML}lang", f"{_XML}space"}
_is_harmless_address = re.compile(
    r"(?:https?|ftp|mailto|tel|cid):.*|[^:]*|[^:/?#]*[/?#].*|data:image/(?:png|jpeg|gif);.*", re.DOTALL | re.IGNORECASE
).fullmatch
_is_active_style = re.compile(r"expression|@import|javascript|behaviou?r|-moz-binding|\\", re.IGNORECASE).search
_style_addresses = re.compile(r"url\s*\(\s*[\"']?([^)\"']*)", re.IGNORECASE).findall
_parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)


def is_narrative(value: object) -> bool:
    """Tell whether a value is one well-formed XHTML `div` without active content."""
    if not isinstance(value, str) or not value.lstrip().startswith("<div"):
        return False
    if "<!" in value:  # What is a comment or CDATA to a reader of XML can be an element to a browser.
        return False
    try:
        div = etree.fromstring(value.strip(), _parser)
    except (etree.XMLSyntaxError, ValueError):
        return False
    return _name(div) == "div" and all(map(_is_formatting, div.iter()))


def _name(element: etree._Element) -> str | None:
    """Give the name of an XHTML element; None for an instruction, an entity or what is foreign."""
    tag: object = element.tag
    return tag.removeprefix(_XHTML) if isinstance(tag, str) else None


def _is_formatting(element: etree._Element) -> bool:
    if len(element.attrib) > len(
        _ATTRIBUTES
    ):  # None may stand twice, and reading many takes the square of their number.
        return False
    return _name(element) in _ELEMENTS and all(_is_harmless(str(name), str(value)) for name, value in element.items())


def _is_harmless(name: str, value: str) -> bool:
    if name in {"href", "src", "cite", "longdesc"}:
        return _leads_to_no_script(value)
    if name == "style":
        return _is_active_style(value) is None and all(map(_leads_to_no_script, _style_addresses(value)))
    return name in _ATTRIBUTES


def _leads_to_no_script(address: str) -> bool:
    return _is_harmless_address("".join(address.split())) is not None
