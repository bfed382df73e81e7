"""Letters: the text that one professional writes to another, as a DocumentReference that holds it inline."""

from collections.abc import Sequence
from datetime import date

from lhcr.demo.chart import Chart
from lhcr.demo.codes import Code
from lhcr.demo.elements import concept, encoded, moment
from lhcr.kernel.json_types import JsonObject


def write_letter(
    chart: Chart,
    kind: Code,
    title: str,
    words: str,
    *,
    on: date,
    by: str,
    encounter: str | None = None,
    labels: Sequence[JsonObject] = (),
) -> str:
    """Write a letter in plain text by a member of the chart's source."""
    attachment = {
        "contentType": "text/plain",
        "language": "en-GB",
        "data": encoded(words),
        "size": len(words.encode()),
        "title": title,
        "creation": moment(on, hour=17),
    }
    body: JsonObject = {
        "status": "current",
        "docStatus": "final",
        "type": concept(kind),
        "date": moment(on, hour=17, minute=5),
        "author": [chart.staff(by)],
        "custodian": chart.organisation(),
        "description": title,
        "content": [{"attachment": attachment}],
    }
    if labels:
        body["securityLabel"] = [{"coding": [label]} for label in labels]
    if encounter:
        body["context"] = {"encounter": [{"reference": encounter}]}
    return chart.add("DocumentReference", body, labels=labels)
