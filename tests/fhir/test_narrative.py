"""Narratives: formatting is let in, active content is not.

Hazard: a script that one supplier stores and another organisation's clinician runs by opening the record.
"""

from pathlib import Path
from typing import Any

import pytest

from lhcr.fhir.json_document import read_json
from lhcr.fhir.narrative import is_narrative
from lhcr.fhir.validation import validate


@pytest.mark.parametrize(
    "div",
    [
        '<div xmlns="http://www.w3.org/1999/xhtml">Text</div>',
        "<div>Text</div>",
        ' <div xmlns="http://www.w3.org/1999/xhtml" xml:lang="cy" lang="cy"><p class="a" style="color: red">é &amp; &#160;</p></div> ',
        '<div><table border="1"><tr><td colspan="2">x<br/></td></tr></table></div>',
        '<div><a href="https://www.nhs.uk/">a</a><a href="#a:b">b</a><a href="Patient/1">c</a><a name="d"/></div>',
        '<div style="background: url(line.png)"><p style="background: url(\'data:image/png;base64,AAAA\')"/></div>',
        '<div><img src="#hcs7" alt="x"/><img src="data:image/png;base64,AAAA"/></div>',
        "<div><u>deprecated</u></div>",
    ],
)
def test_formatting_is_let_in(div: str) -> None:
    assert is_narrative(div)


@pytest.mark.parametrize(
    "div",
    [
        "", "text", "<p>x</p>", "<divx/>", "<div><p></div>", "<div/>x", "<div/><div/>", "<div>&nbsp;</div>", "<div>\x01</div>",
        "<div><script>x</script></div>", "<div><SCRIPT/></div>", "<div><style>p{}</style></div>", "<div><form/></div>",
        "<div><iframe src='x'/></div>", "<div><object/></div>", "<div><link/></div>", "<div><base href='x'/></div>",
        "<div onclick='x'/>", "<div><img src='x' onerror='y'/></div>", "<div><img srcset='x'/></div>",
        "<div><a href='javascript:x'>a</a></div>", "<div><a href=' JavaScript:x'>a</a></div>",
        "<div><a href='java&#10;script:x'>a</a></div>", "<div><a href='vbscript:x'>a</a></div>",
        "<div><a href='data:text/html,x'>a</a></div>", "<div><img src='data:image/svg+xml,x'/></div>",
        "<div style='background: URL ( &quot; javascript:x)'/>", "<div style='background: url(data:text/html,x)'/>", "<div style='width: expression(x)'/>", "<div style='\\75rl(x)'/>",
        "<div xmlns='http://www.w3.org/2000/svg'><a/></div>", "<div><svg xmlns='http://www.w3.org/2000/svg'><a/></svg></div>",
        "<div xmlns:x='urn:x'><x:p/></div>", "<div xmlns:l='http://www.w3.org/1999/xlink'><a l:href='x'>a</a></div>",
        "<div><?php x?></div>", "<!DOCTYPE div [<!ENTITY a 'b'>]><div>&a;</div>",
        "<div><!--><img src='x' onerror='y'/>--></div>", "<div><![CDATA[><img src='x' onerror='y'/>]]></div>",
        1, None, {},
    ],
)  # fmt: skip
def test_active_or_broken_content_is_not(div: Any) -> None:
    assert not is_narrative(div)


def test_a_bad_narrative_is_told_with_its_place() -> None:
    text = {"status": "generated", "div": "<div><script>alert(1)</script></div>"}
    issue = validate({"resourceType": "Patient", "text": text})[0]
    assert (issue.error, issue.expression) == ("narrative-invalid", "Patient.text.div")


@pytest.mark.corpus
def test_published_narratives_are_let_in(corpus: Path) -> None:
    resources = [read_json(path.read_bytes()) for path in (corpus / "fhir-r4-examples").glob("*.json")]
    divs = [resource["text"]["div"] for resource in resources if "div" in resource.get("text", {})]
    assert divs
    assert all(map(is_narrative, divs))
