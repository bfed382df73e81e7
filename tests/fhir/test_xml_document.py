"""XML documents: what they become in JSON, and what is refused."""

from decimal import Decimal
from pathlib import Path

import pytest

from lhcr.fhir.json_document import DEEPEST, read_json, write_json
from lhcr.fhir.validation import validate
from lhcr.fhir.xml_document import read_xml
from lhcr.kernel.errors import Incorrect

PATIENT = b"""<?xml version="1.0" encoding="UTF-8"?>
<!-- a comment -->
<Patient xmlns="http://hl7.org/fhir" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xsi:schemaLocation="http://hl7.org/fhir ../fhir-single.xsd">
  <id value="p1"/>
  <text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml"><p>A &amp; <b>B</b></p></div></text>
  <contained><Organization><id value="o"/><name value="Surgery"/></Organization></contained>
  <extension url="urn:a"><valueDecimal value="1.10"/></extension>
  <active value="true"/>
  <name id="n1"><given value="Ann"/><given><extension url="urn:x"><valueCode value="masked"/></extension></given></name>
  <name><family value="Smith"/></name>
  <birthDate id="b" value="1970-03-30"><extension url="urn:t"><valueDateTime value="1970-03-30T14:35:45-05:00"/></extension></birthDate>
  <multipleBirthInteger value="2"/>
  <managingOrganization><reference value="#o"/></managingOrganization>
</Patient>"""

PATIENT_IN_JSON = read_json(
    b"""{
  "resourceType": "Patient", "id": "p1",
  "text": {"status": "generated", "div": "<div xmlns=\\"http://www.w3.org/1999/xhtml\\"><p>A &amp; <b>B</b></p></div>"},
  "contained": [{"resourceType": "Organization", "id": "o", "name": "Surgery"}],
  "extension": [{"url": "urn:a", "valueDecimal": 1.10}],
  "active": true,
  "name": [
    {"id": "n1", "given": ["Ann", null], "_given": [null, {"extension": [{"url": "urn:x", "valueCode": "masked"}]}]},
    {"family": "Smith"}
  ],
  "birthDate": "1970-03-30",
  "_birthDate": {"id": "b", "extension": [{"url": "urn:t", "valueDateTime": "1970-03-30T14:35:45-05:00"}]},
  "multipleBirthInteger": 2,
  "managingOrganization": {"reference": "#o"}
}"""
)


def patient(inner: str) -> bytes:
    return f'<Patient xmlns="http://hl7.org/fhir">{inner}</Patient>'.encode()


def refusals(body: bytes) -> list[tuple[str, str | None]]:
    with pytest.raises(Incorrect) as caught:
        read_xml(body)
    assert caught.value.status == 400
    return [(issue.error, issue.expression) for issue in caught.value.issues]


def test_a_resource_in_xml_is_the_same_in_json() -> None:
    assert write_json(read_xml(PATIENT)) == write_json(PATIENT_IN_JSON)
    assert validate(read_xml(PATIENT)) == []


@pytest.mark.parametrize("number", ["1.10", "0.00000010", "1e2", "-0", "100", "-0.0"])
def test_a_decimal_keeps_its_spelling(number: str) -> None:
    """Hazard: a dose whose precision or magnitude is mangled on the way through."""
    body = f'<Observation xmlns="http://hl7.org/fhir"><valueQuantity><value value="{number}"/></valueQuantity></Observation>'
    value = read_xml(body.encode())["valueQuantity"]["value"]
    assert value == Decimal(number)
    assert write_json(value) == number.encode()


def test_a_resource_in_an_entry_is_read_by_its_own_definitions() -> None:
    body = (
        b'<Bundle xmlns="http://hl7.org/fhir"><type value="collection"/><entry><resource>'
        b'<Basic><code><text value="x"/></code></Basic></resource></entry></Bundle>'
    )
    entry = {"resource": {"resourceType": "Basic", "code": {"text": "x"}}}
    assert read_xml(body) == {"resourceType": "Bundle", "type": "collection", "entry": [entry]}


def test_what_is_no_value_of_its_type_is_left_for_validation_to_refuse() -> None:
    resource = read_xml(patient('<active value="yes"/><multipleBirthInteger value="+1"/><birthDate value=""/>'))
    assert [(issue.error, issue.expression) for issue in validate(resource)] == [
        ("wrong-json-type", "Patient.active"),
        ("wrong-json-type", "Patient.multipleBirthInteger"),
        ("value-invalid", "Patient.birthDate"),
    ]


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        (b"", ("xml-invalid", None)),
        (b"<Patient", ("xml-invalid", None)),
        (b"{}", ("xml-invalid", None)),
        (patient("&undefined;"), ("xml-invalid", None)),
        (patient('<active value="\xff"/>').replace(b"\xc3\xbf", b"\xff"), ("xml-not-utf8", None)),
        (PATIENT.decode().replace("UTF-8", "UTF-16").encode("utf-16"), ("xml-not-utf8", None)),
        (b'<!DOCTYPE Patient [<!ENTITY a "aaaa">]><Patient>&a;</Patient>', ("xml-doctype", None)),
        (b"<Patient/>", ("unknown-resource-type", "Patient")),
        (b'<Patient xmlns="urn:other"/>', ("unknown-resource-type", "Patient")),
        (b'<Nonsense xmlns="http://hl7.org/fhir"/>', ("unknown-resource-type", "Nonsense")),
        (b'<Quantity xmlns="http://hl7.org/fhir"/>', ("unknown-resource-type", "Quantity")),
        (patient("<nonsense/>"), ("unknown-element", "Patient.nonsense")),
        (patient('<name xmlns="urn:other"/>'), ("unknown-element", "Patient.name")),
        (patient("<name><given value='a'/><nonsense/></name>"), ("unknown-element", "Patient.name[0].nonsense")),
        (patient("<gender value='male'/><gender value='female'/>"), ("xml-repeated", "Patient.gender")),
        (patient("<gender>male</gender>"), ("xml-text", "Patient.gender")),
        (patient("<gender code='male'/>"), ("xml-attribute", "Patient.gender")),
        (patient("<gender/>"), ("empty", "Patient.gender")),
        (patient("<contained/>"), ("empty", "Patient.contained[0]")),
        (patient("<contained><Basic/><Basic/></contained>"), ("xml-repeated", "Patient.contained[0]")),
    ],
)
def test_what_has_no_json_form_is_refused_with_its_place(body: bytes, refusal: tuple[str, str | None]) -> None:
    assert refusal in refusals(body)


def test_every_unknown_element_is_told_at_once() -> None:
    assert refusals(patient("<one/><two/>")) == [("unknown-element", "Patient.one"), ("unknown-element", "Patient.two")]


def test_a_document_type_cannot_reach_a_file_or_explode(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret", encoding="utf-8")
    external = f'<!DOCTYPE p [<!ENTITY x SYSTEM "file://{secret}">]>'.encode() + patient("<active value='&x;'/>")
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    laughs = f'<!DOCTYPE p [<!ENTITY e0 "ha">{levels}]>'.encode() + patient("<active value='&e11;'/>")
    assert refusals(external) == refusals(laughs) == [("xml-doctype", None)]


@pytest.mark.parametrize("depth", [DEEPEST, 200, 100_000])
def test_deep_nesting_is_refused_and_harms_nobody(depth: int) -> None:
    nested = '<extension url="u">' * depth + "</extension>" * depth
    assert refusals(patient(nested))[0][0] in {"xml-too-deep", "xml-invalid"}


@pytest.mark.corpus
def test_published_xml_is_read_and_valid(corpus: Path) -> None:
    folders = [
        "fhir-r4-examples",
        "ukcore/examples",
        "ukcore/valuesets",
        "ukcore/structuredefinitions",
        "naming-systems",
    ]
    paths = [path for folder in folders for path in sorted((corpus / folder).glob("*.xml"))]
    assert paths
    for path in paths:
        resource = read_xml(path.read_bytes())
        assert validate(resource) == [], path.name
        assert read_json(write_json(resource)) == resource


@pytest.mark.corpus
def test_a_stray_letter_in_published_xml_is_noticed(corpus: Path) -> None:
    path = corpus / "ukcore" / "codesystems" / "CodeSystem-UKCore-EthnicCategoryScotland.xml"
    assert refusals(path.read_bytes()) == [("xml-text", "CodeSystem.concept[3]")]
