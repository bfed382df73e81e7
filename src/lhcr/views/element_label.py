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
_LABELS = {
    "subject": "Person",
    "patient": "Person",
    "encounter": "Contact",
    "asserter": "Stated by",
    "performer": "By",
    "recorder": "Recorded by",
    "requester": "Asked for by",
    "author": "Written by",
    "sender": "Sent by",
    "recipient": "Sent to",
    "informationSource": "Told by",
    "dateAsserted": "Told on",
    "dateWritten": "Written on",
    "authoredOn": "Written on",
    "authored": "Written on",
    "recordedDate": "Recorded on",
    "recordedOn": "Recorded on",
    "issued": "Issued on",
    "created": "Created on",
    "reasonCode": "Reason",
    "reasonReference": "Reason",
    "statusReason": "Reason for the status",
    "docStatus": "Status of the document",
    "clinicalStatus": "Status",
    "lifecycleStatus": "Status",
    "verificationStatus": "How certain",
    "criticality": "Risk",
    "manifestation": "What showed",
    "note": "Note",
    "effective": "Date or period",
    "performed": "Date or period",
    "occurrence": "Date or period",
    "onset": "Started",
    "abatement": "Ended",
    "vaccineCode": "Vaccine",
    "lotNumber": "Batch number",
    "expirationDate": "Expires",
    "primarySource": "Recorded by whoever gave it",
    "whenHandedOver": "Handed over",
    "whenPrepared": "Prepared",
    "dosageInstruction": "Dosage",
    "doseAndRate": "Dose and rate",
    "managingOrganization": "Organisation",
    "serviceProvider": "Provider",
    "contentType": "Form",
    "addresses": "About",
    "actor": "Who",
    "individual": "Who",
    "partOf": "Part of",
    "basedOn": "Based on",
}


def label_of(element: str) -> str:
    """`doseAndRate` as `Dose and rate`; `valueQuantity` as `Value`; `asserter` as what it means to a reader."""
    name = element.lstrip("_")
    choice = _CHOICE.match(name)
    if choice:
        name = choice.group(1)
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).capitalize()
    return _LABELS.get(name) or words.replace("rganization", "rganisation")
