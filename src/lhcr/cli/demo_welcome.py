"""The welcome of a demonstration: where to look, who to be, whom to look up."""

import shlex
from collections.abc import Iterator
from pathlib import Path

from lhcr.cli.own_name import own_name
from lhcr.demo.people import DEMO_PEOPLE
from lhcr.demo.personas import PERSONAS
from lhcr.demo.readers import readers_by_source
from lhcr.store.embedded import default_data_dir


def welcome(*, base_url: str, data_dir: Path) -> str:
    """Return the text that is printed once the area can be reached."""
    return "\n".join(_lines(base_url, data_dir))


def _lines(base_url: str, data_dir: Path) -> Iterator[str]:
    yield ""
    yield f"  Pages     {base_url}/"
    yield f"  FHIR API  {base_url}/fhir        (what it can do: {base_url}/fhir/metadata)"
    yield ""
    yield "Personas to sign in as:"
    width = max(len(persona.name) for persona in PERSONAS)
    for persona in PERSONAS:
        where = f", {persona.organisation}" if persona.organisation else ""
        yield f"  {persona.name:<{width}}  {persona.display}{where}. {persona.does}"
    yield ""
    yield "People to look up (all invented; NHS numbers of the 999 range, which belongs to nobody):"
    for demo in DEMO_PEOPLE:
        yield f"  {demo.person.nhs_number.display}  {demo.person.name}. {demo.story}"
    yield ""
    folder = "" if data_dir == default_data_dir() else f" --data-dir {shlex.quote(str(data_dir))}"
    command = own_name()
    yield f"A token for the FHIR API:  {command} token --persona gp{folder}"
    yield f"Your own files go in with:  {command} load PATH --source ODS{folder}"
    yield "Whoever works for the organisation with that ODS code can then open them:"
    for ods, names in readers_by_source().items():
        yield f"  {ods:<{width}}  {', '.join(names)}"
    yield ""
    yield "Only this machine reaches the area. Ctrl-C stops it."
    yield ""
