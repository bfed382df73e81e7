"""An entry whose sender says that it is from somebody else, in the portal over a real area."""

import html
import re
from collections.abc import Callable

import httpx
from tests.portal import test_real_area as real
from tests.portal.test_real_area import found

from lhcr.app import App
from lhcr.demo.organisations import BY_ODS
from lhcr.demo.people import BY_KEY
from lhcr.fhir.contributor import SENT_SOURCE
from lhcr.fhir.json_document import write_json

area, browse, traces = real.area, real.browse, real.traces
_FORGED = "urn:lhcr:source:ZCC"
_CODE = "Allergy to invented peas"


async def test_hazard_wrong_contributor_a_page_names_who_wrote_an_entry_and_never_who_is_said_to_have(
    area: App, browse: Callable[[str], httpx.AsyncClient]
) -> None:
    person = BY_KEY["rich"].person
    allergy = {
        "resourceType": "AllergyIntolerance",
        "meta": {"source": _FORGED, "extension": [{"url": SENT_SOURCE, "valueUri": _FORGED}]},
        "patient": {"reference": f"Patient/fa123-patient-{person.index:04d}"},
        "code": {"text": _CODE},
    }
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=area)) as client:
        answer = await client.post(
            "http://area.test/fhir/AllergyIntolerance",
            content=write_json(allergy),
            headers={"authorization": "Bearer FA123", "content-type": "application/fhir+json"},
        )
    assert answer.status_code == 201, answer.text
    gp = browse("gp")
    first = await gp.get(await found(gp, person.nhs_number.value))
    links = {html.unescape(link) for link in re.findall(r'href="(/record/[^"#]+/entry/[^"#]+)"', first.text)}
    pages = {link: html.unescape((await gp.get(link)).text) for link in links}
    (facts,) = [text.partition("<h1")[2] for text in pages.values() if re.search(rf"<h1[^>]*>[^<]*{_CODE}", text)]
    assert f"{BY_ODS['FA123'].name} (FA123)" in facts
    assert BY_ODS["ZCC"].name not in facts
    assert _FORGED not in "".join(pages.values())
