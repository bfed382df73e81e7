"""Subject parameters: those under which a Patient is somebody whom an entry is about.

Most types have a parameter that means exactly their person (`home`). Of an Appointment, a Provenance and the like any number of
references may say whom it is about, each may lead to something else, and the parameter has rows: `patient=` names a person there too.
"""

from functools import cache
from typing import Final

from lhcr.fhir.search.catalogue import parameters_of
from lhcr.fhir.search.homes import home
from lhcr.fhir.search.parameter import Kind, SearchParameter

_PATIENT: Final = "Patient"
_OF_PATIENTS: Final = ".where(resolve() is Patient)"


@cache
def names_subject(parameter: SearchParameter) -> bool:
    """Return whether a Patient under the parameter is somebody whom the entry is about.

    Where a type has a parameter that means exactly its person, no other names one: an Observation that somebody performed is
    about somebody else, and to search only the performer's own record would show a part as all.
    """
    if parameter.home or parameter.kind is not Kind.REFERENCE or _PATIENT not in parameter.targets:
        return parameter.home
    live = home(parameter.type)
    return not live.parameters and _paths(parameter) <= set(live.subjects)


@cache
def naming_codes(type: str) -> tuple[str, ...]:
    """Return the codes under which a search of a type names a person, `patient` first; none where it cannot be asked by a person."""
    found = (code for code, each in parameters_of(type).items() if names_subject(each))
    return tuple(sorted(found, key=lambda code: (code != "patient", code)))


@cache
def means_record(parameter: SearchParameter) -> bool:
    """Return whether the parameter finds whatever of its type is in a person's record, as their compartment does."""
    if parameter.home or parameter.code == "patient":
        return True
    live = home(parameter.type)
    return not live.follows and _paths(parameter) == set(live.subjects)


def _paths(parameter: SearchParameter) -> set[str]:
    parts = (part.strip().removesuffix(_OF_PATIENTS) for part in parameter.expression.split("|"))
    return {part.removeprefix(f"{parameter.type}.") for part in parts}
