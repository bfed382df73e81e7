"""The facts of the demographics and practice sections, each with its source; whereabouts stay out where restricted."""

from collections.abc import Iterable, Sequence
from itertools import islice

from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.systems import NHS_NUMBER
from lhcr.views.concept import read_concept
from lhcr.views.difference import Difference
from lhcr.views.entry import Entry, Source
from lhcr.views.json_walk import extension_of, object_of, objects_of, text_of
from lhcr.views.names import Names
from lhcr.views.person import Fact, is_dead, is_restricted, nhs_number_text, sex_text
from lhcr.views.person_name import other_names, read_name
from lhcr.views.qualifier import is_qualified
from lhcr.views.words import Lines, address_text, words_of

_EXTENSIONS = (
    ("Ethnicity", "EthnicCategory"),
    ("Religion", "ReligiousAffiliation"),
    ("Place of birth", "birthPlace"),
    ("Residential status", "ResidentialStatus"),
    ("Contact preference", "ContactPreference"),
    ("Nominated pharmacy", "NominatedPharmacy"),
)
#: Hazard: meaning turned round. What nobody here understands is said of who the person is as it is of any other entry.
_QUALIFIED: tuple[str, Lines] = (
    "Qualifier",
    (
        "What this source says of the person carries a qualifier that may change its meaning. Ask it before relying on it.",
    ),
)
_WITHHELD = ("Withheld: this person's whereabouts are restricted",)


def demographic_facts(patients: Iterable[Entry], names: Names, *, hidden: bool) -> tuple[Fact, ...]:
    """Every demographic fact; where sources differ, each value with its own source. `hidden` withholds whereabouts."""
    said = [(_QUALIFIED, entry.source) for entry in patients if is_qualified(entry.resource)]
    said += [(fact, entry.source) for entry in patients for fact in _facts(entry.resource, names, hidden=hidden)]
    return _with_sources(said)


def difference_facts(differing: Sequence[Difference]) -> tuple[Fact, ...]:
    """What sources contradict each other in, before all that they say."""
    return (Fact("Sources differ", tuple(each.sentence for each in differing), ()),) if differing else ()


def practice_facts(patients: Sequence[Entry], names: Names, *, hidden: bool) -> tuple[Fact, ...]:
    """The GP practice. Hazard: a practice tells where somebody lives, so it is withheld with the address."""
    if hidden:
        restricting = (entry.source for entry in patients if is_restricted(entry.resource))
        return (Fact("Practice", _WITHHELD, tuple(islice(restricting, 1))),)
    said = [
        (("Practice", _practice(one, names, entry.resource)), entry.source)
        for entry in patients
        for one in objects_of(entry.resource.get("generalPractitioner"))
    ]
    return _with_sources(said)


def _with_sources(said: Iterable[tuple[tuple[str, Lines], Source]]) -> tuple[Fact, ...]:
    """Each value once, with all who say it, and what has one label together."""
    found: dict[tuple[str, Lines], tuple[Source, ...]] = {}
    for fact, source in said:
        if fact[1]:
            found[fact] = (*found.get(fact, ()), source)
    order: dict[str, int] = {}
    for label, _ in found:
        order.setdefault(label, len(order))
    facts = [Fact(label, lines, tuple(dict.fromkeys(sources))) for (label, lines), sources in found.items()]
    return tuple(sorted(facts, key=lambda fact: order[fact.label]))


def _practice(reference: JsonObject, names: Names, holder: JsonObject) -> Lines:
    target = names.resolve(text_of(reference.get("reference")), holder=holder) or {}
    coded = [text_of(item.get("value")) for item in objects_of(reference.get("identifier"))]
    coded += [text_of(item.get("value")) for item in objects_of(target.get("identifier"))]
    lines = [names.words(reference, holder=holder), *(f"ODS code {code}" for code in coded if code)]
    lines += [
        *words_of(target.get("telecom"), names),
        *(address_text(item) for item in objects_of(target.get("address"))),
    ]
    return tuple(dict.fromkeys(line for line in lines if line))


def _facts(patient: JsonObject, names: Names, *, hidden: bool) -> Iterable[tuple[str, Lines]]:
    yield "Name", (read_name(patient.get("name")).shown,)
    yield "Other names", tuple(f"{name.shown} ({name.use or 'other'})" for name in other_names(patient.get("name")))
    yield "NHS number", (nhs_number_text(patient),)
    yield "Born", words_of(patient.get("birthDate"), names)
    yield "Died", words_of(patient.get("deceasedDateTime"), names) or (("Yes",) if is_dead(patient) else ())
    yield "Sex", (sex_text(patient),)
    yield "Address", _WITHHELD if hidden else _addresses(patient)
    yield "Phone and email", _WITHHELD if hidden else _telecoms(patient, names)
    yield "Language", _languages(patient, names)
    yield "Marital status", words_of(patient.get("maritalStatus"), names)
    yield "Contacts", () if hidden else words_of(patient.get("contact"), names)
    for label, ending in _EXTENSIONS:
        hides = hidden and label in {"Nominated pharmacy", "Place of birth", "Contact preference"}
        yield label, () if hides else words_of(extension_of(patient, ending), names)
    # Whose numbers somebody has tells where they are seen.
    yield "Other identifiers", () if hidden else _identifiers(patient)


def _addresses(patient: JsonObject) -> Lines:
    lines = []
    for address in objects_of(patient.get("address")):
        use = text_of(address.get("use"))
        ended = " (no longer)" if use == "old" else f" ({use})" if use and use != "home" else ""
        lines.append(f"{address_text(address)}{ended}")
    return tuple(line for line in lines if line)


def _telecoms(patient: JsonObject, names: Names) -> Lines:
    lines = []
    for contact in objects_of(patient.get("telecom")):
        use = text_of(contact.get("use")) if contact.get("value") else ""
        lines += [f"{line} ({use})" if use else line for line in words_of(contact, names)]
    return tuple(lines)


def _languages(patient: JsonObject, names: Names) -> Lines:
    lines = []
    for item in objects_of(patient.get("communication")):
        told = words_of(item.get("language"), names)
        lines += [f"{line} (preferred)" if item.get("preferred") is True else line for line in told]
    communication = extension_of(patient, "NHSCommunication")
    return (*lines, *words_of(communication, names)) if communication else tuple(lines)


def _identifiers(patient: JsonObject) -> Lines:
    lines = []
    for identifier in objects_of(patient.get("identifier")):
        if text_of(identifier.get("system")) != NHS_NUMBER:
            told, holder = text_of(identifier.get("value")), _holder(identifier)
            lines.append(f"{told} ({holder})" if told and holder else told)
    return tuple(line for line in lines if line)


def _holder(identifier: JsonObject) -> str:
    """What kind of number it is, or whose, in words: the source's own, else the last part of its system's address."""
    named = read_concept(identifier.get("type")).title or text_of(object_of(identifier.get("assigner")).get("display"))
    last = text_of(identifier.get("system")).rstrip("/").rsplit("/", 1)[-1]
    return named or ("" if ":" in last else last.replace("-", " "))
