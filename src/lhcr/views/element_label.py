"""Labels: the name of a FHIR element in words."""

import re

_CHOICE = re.compile(
    r"^(value|effective|onset|abatement|performed|occurrence|medication|deceased|multipleBirth|asNeeded|doseNumber|"
    r"seriesDoses|timing|start|due|product|item|collected|content|fastingStatus|born|age|identified|scheduled|allowed|"
    r"defaultValue|serviced|diagnosis|procedure|location|reported|substitution|statusReason|dose|rate)"
    r"(CodeableConcept|Quantity|SimpleQuantity|DateTime|Date|Time|Instant|String|Boolean|Period|Reference|Range|Ratio|"
    r"Integer|PositiveInt|UnsignedInt|Decimal|Coding|Code|Uri|Canonical|Markdown|Age|Duration|Timing|Attachment|"
    r"Identifier|Annotation|SampledData|Money|Expression|Base64Binary)$"
)
_LABELS = {"subject": "Person", "patient": "Person", "encounter": "Contact", "asserter": "Stated by"}


def label_of(element: str) -> str:
    """`doseAndRate` as `Dose and rate`; `valueQuantity` as `Value`."""
    name = element.lstrip("_")
    choice = _CHOICE.match(name)
    if choice:
        name = choice.group(1)
    return _LABELS.get(name) or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).capitalize()
