"""Queries: strategies that draw the name-value pairs of searches over the small world, whose values often meet something."""

from functools import cache

from hypothesis import strategies as st
from tests.record.search.numbers import READ, SPELLINGS
from tests.record.search.world import CODES, DATES, FAMILIES, GIVEN, NUMBERS, PROFILES, STATUSES, SYSTEMS, TAGS

Pair = tuple[str, str]

PREFIXES = ("", "eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap")
codes = st.sampled_from((*CODES, "unknown"))
systems = st.sampled_from((*SYSTEMS, "http://unknown.example"))


def alternatives(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(values, min_size=1, max_size=3, unique=True).map(",".join)


token_values = st.one_of(
    codes,
    st.tuples(systems, codes).map("|".join),
    systems.map(lambda system: f"{system}|"),
    codes.map(lambda code: f"|{code}"),
)
dates = st.tuples(st.sampled_from(PREFIXES), st.sampled_from((*DATES, "2021", "2020-06", "1990"))).map("".join)
numbers = st.tuples(st.sampled_from(PREFIXES), st.sampled_from([str(each) for each in (*NUMBERS, 5, "1e2")])).map(
    "".join
)
units = st.sampled_from(
    ("", "|http://unitsofmeasure.org|mg", "||mg", "|http://unitsofmeasure.org|", "||mmol per litre", "|http://x|mg")
)
quantities = st.tuples(numbers, units).map("".join)
words = st.sampled_from((*FAMILIES, *GIVEN))
texts = st.one_of(words, words.map(lambda word: word[:2].upper()), words.map(str.lower), st.just("é"))
plain_codes = st.sampled_from((*STATUSES, "male", "female", "true"))
identifiers = st.one_of(
    st.integers(0, 4).map(lambda number: f"n{number}"),
    st.tuples(systems, st.integers(0, 4).map(lambda number: f"n{number}")).map("|".join),
    st.sampled_from([*READ]),
    st.tuples(st.sampled_from(("", SYSTEMS[0], *SPELLINGS)), st.sampled_from([*READ, ""]))
    .map("|".join)
    .filter("|".__ne__),
)


def ids(target: str) -> st.SearchStrategy[str]:
    if target == "Patient":
        known = st.sampled_from(
            [f"patient-{person}{rest}" for person in range(1, 5) for rest in ("", "-1")] + ["nobody"]
        )
    elif target in {"Encounter", "Observation"}:
        known = st.tuples(st.integers(1, 4), st.integers(0, 3)).map(
            lambda pair: f"{target.lower()}-{pair[0]}-{pair[1]}"
        )
    else:
        known = st.integers(0, 4).map(lambda number: f"{target.lower()}-{number}")
    return known


def references(*targets: str) -> st.SearchStrategy[str]:
    target = st.sampled_from(targets)
    literal = target.flatmap(lambda name: ids(name).map(lambda each: f"{name}/{each}"))
    return st.one_of(
        literal,
        literal,
        st.tuples(literal, st.sampled_from(("/_history/1", "/_history/2"))).map("".join),
        target.flatmap(ids),
        target.map(lambda name: f"http://elsewhere.example/fhir/{name}/x"),
    )


TOKENS = {
    "Observation": ("code", "combo-code", "component-code", "value-concept", "combo-value-concept"),
    "Encounter": ("class",),
    "MedicationRequest": ("code",),
    "Medication": ("code",),
    "PractitionerRole": ("role",),
    "Device": ("type",),
}
PLAIN = {
    "Observation": ("status",),
    "Encounter": ("status",),
    "MedicationRequest": ("status", "intent"),
    "Patient": ("gender", "deceased"),
    "Organization": ("active",),
    "Appointment": ("status",),
}
STRINGS = {
    "Patient": ("family", "given", "name"),
    "Practitioner": ("family", "name"),
    "Organization": ("name",),
    "Location": ("name",),
    "Observation": ("value-string",),
}
DATED = {
    "Observation": ("date", "value-date", "_lastUpdated"),
    "Encounter": ("date",),
    "MedicationRequest": ("authoredon",),
    "Patient": ("birthdate", "_lastUpdated"),
    "Appointment": ("date",),
}
REFERENCES: dict[str, dict[str, tuple[str, ...]]] = {
    "Observation": {
        "subject": ("Patient", "Device"),
        "patient": ("Patient",),
        "encounter": ("Encounter",),
        "performer": ("Practitioner", "Patient"),
        "device": ("Device",),
        "has-member": ("Observation",),
    },
    "Encounter": {
        "subject": ("Patient",),
        "patient": ("Patient",),
        "service-provider": ("Organization",),
        "participant": ("Practitioner",),
        "location": ("Location",),
    },
    "MedicationRequest": {
        "subject": ("Patient",),
        "patient": ("Patient",),
        "medication": ("Medication",),
        "requester": ("Practitioner",),
    },
    "Medication": {"manufacturer": ("Organization",)},
    "Patient": {"general-practitioner": ("Practitioner",), "organization": ("Organization",), "link": ("Patient",)},
    "PractitionerRole": {"practitioner": ("Practitioner",), "organization": ("Organization",)},
    "Organization": {"partof": ("Organization",)},
    "Location": {"organization": ("Organization",)},
    "Device": {"patient": ("Patient",)},
    "Appointment": {"actor": ("Practitioner", "Patient"), "patient": ("Patient",), "practitioner": ("Practitioner",)},
}
TYPES = ("Observation", "Encounter", "MedicationRequest", "Medication", "Patient", "Practitioner", "PractitionerRole",
         "Organization", "Location", "Device", "Appointment")  # fmt: skip
IDENTIFIED = ("Patient", "Organization")
missing = st.sampled_from(("true", "false"))


@cache
def criteria(resource_type: str, *, depth: int = 2) -> st.SearchStrategy[Pair]:
    """Draw one criterion that a type can be asked for."""
    drawn: list[st.SearchStrategy[Pair]] = [
        st.tuples(st.just("_tag"), alternatives(st.sampled_from(TAGS))),
        st.tuples(st.just("_tag:not"), st.sampled_from(TAGS)),
        st.tuples(st.just("_profile"), alternatives(st.sampled_from(PROFILES))),
        st.tuples(st.just("_id"), alternatives(ids(resource_type))),
        st.tuples(st.sampled_from(("_tag:missing", "_profile:missing")), missing),
    ]
    drawn += [_tokens(code, token_values) for code in TOKENS.get(resource_type, ())]
    drawn += [_tokens(code, plain_codes) for code in PLAIN.get(resource_type, ())]
    drawn += [_tokens("identifier", identifiers)] if resource_type in IDENTIFIED else []
    drawn += [_strings(code) for code in STRINGS.get(resource_type, ())]
    drawn += [_dates(code) for code in DATED.get(resource_type, ())]
    if resource_type == "Observation":
        drawn += _measured()
    if resource_type == "Location":
        drawn.append(
            st.tuples(st.just("near"), st.sampled_from(("53.8|-1.55|5|km", "-33.9|180|10|km", "51.5|0|50000|m")))
        )
    for code, targets in REFERENCES.get(resource_type, {}).items():
        drawn.append(_references(code, targets))
        if depth:
            drawn.append(_chains(code, targets, depth))
    if depth and (sources := _sources(resource_type)):
        drawn += [_has(source, code, depth) for source, code in sources]
    return st.one_of(drawn)


def _tokens(code: str, values: st.SearchStrategy[str]) -> st.SearchStrategy[Pair]:
    return st.one_of(
        st.tuples(st.just(code), alternatives(values)),
        st.tuples(st.just(f"{code}:not"), alternatives(values)),
        st.tuples(st.just(f"{code}:missing"), missing),
    )


def _strings(code: str) -> st.SearchStrategy[Pair]:
    named = st.sampled_from((code, f"{code}:exact", f"{code}:contains"))
    return st.one_of(st.tuples(named, alternatives(texts)), st.tuples(st.just(f"{code}:missing"), missing))


def _dates(code: str) -> st.SearchStrategy[Pair]:
    asked = st.tuples(st.just(code), alternatives(dates))
    return asked if code == "_lastUpdated" else st.one_of(asked, asked, st.tuples(st.just(f"{code}:missing"), missing))


def _measured() -> list[st.SearchStrategy[Pair]]:
    composites = {
        "code-value-quantity": quantities,
        "combo-code-value-quantity": quantities,
        "code-value-concept": token_values,
        "code-value-date": dates,
        "code-value-string": st.sampled_from(("Ann", "an", "x")),
    }
    pairs = [
        st.tuples(st.just("value-quantity"), alternatives(quantities)),
        st.tuples(st.just("combo-value-quantity"), quantities),
    ]
    return pairs + [
        st.tuples(st.just(code), alternatives(st.tuples(token_values, second).map("$".join)))
        for code, second in composites.items()
    ]


def _references(code: str, targets: tuple[str, ...]) -> st.SearchStrategy[Pair]:
    return st.one_of(
        st.tuples(st.just(code), alternatives(references(*targets))),
        st.tuples(st.just(f"{code}:identifier"), alternatives(identifiers)),
        st.tuples(st.just(f"{code}:missing"), missing),
    )


def _chains(code: str, targets: tuple[str, ...], depth: int) -> st.SearchStrategy[Pair]:
    def chained(target: str) -> st.SearchStrategy[Pair]:
        return criteria(target, depth=depth - 1).map(lambda pair: (f"{code}:{target}.{pair[0]}", pair[1]))

    return st.sampled_from(targets).flatmap(chained)


def _sources(target: str) -> list[tuple[str, str]]:
    return [
        (source, code) for source, codes_ in REFERENCES.items() for code, targets in codes_.items() if target in targets
    ]


def _has(source: str, code: str, depth: int) -> st.SearchStrategy[Pair]:
    return criteria(source, depth=depth - 1).map(lambda pair: (f"_has:{source}:{code}:{pair[0]}", pair[1]))


SORTED = {
    "Observation": (
        "date",
        "-date",
        "status",
        "code",
        "-value-quantity",
        "patient",
        "encounter",
        "_id",
        "-_lastUpdated",
    ),
    "Encounter": ("date", "-date", "status", "service-provider", "_id"),
    "Patient": ("family", "-given", "birthdate", "-birthdate", "gender", "_lastUpdated", "identifier"),
    "MedicationRequest": ("-authoredon", "authoredon", "medication"),
    "Organization": ("name", "-name", "identifier"),
    "Practitioner": ("family", "-family"),
}


def sorts(resource_type: str) -> st.SearchStrategy[list[Pair]]:
    keys = st.lists(st.sampled_from(SORTED.get(resource_type, ("_id", "-_id"))), min_size=1, max_size=2)
    distinct = keys.map(lambda each: [("_sort", ",".join(dict.fromkeys(each)))])
    return st.one_of(st.just([]), distinct)


def searches(resource_type: str) -> st.SearchStrategy[list[Pair]]:
    return st.tuples(st.lists(criteria(resource_type), max_size=3), sorts(resource_type)).map(
        lambda parts: parts[0] + parts[1]
    )


def includes(resource_type: str) -> st.SearchStrategy[list[Pair]]:
    """Draw includes of a type, in both directions, also of what is included."""
    own = [f"{resource_type}:{code}" for code in REFERENCES.get(resource_type, {})]
    own += [f"{resource_type}:{code}:{to}" for code, tos in REFERENCES.get(resource_type, {}).items() for to in tos]
    others = [f"{source}:{code}" for source, codes_ in REFERENCES.items() for code in codes_]
    others += [
        f"{source}:{code}:{to}" for source, codes_ in REFERENCES.items() for code, tos in codes_.items() for to in tos
    ]
    towards = [
        f"{source}:{code}{rest}" for source, code in _sources(resource_type) for rest in ("", f":{resource_type}")
    ]
    drawn = [
        st.tuples(st.just("_include"), st.sampled_from([*own, "*"])),
        st.tuples(st.just("_include:iterate"), st.sampled_from(others)),
        st.tuples(st.just("_revinclude:iterate"), st.sampled_from(others)),
    ]
    if towards:
        drawn.append(st.tuples(st.just("_revinclude"), st.sampled_from([*towards, "*"])))
    return st.lists(st.one_of(drawn), min_size=1, max_size=3, unique=True)


ALIKE: dict[str, tuple[str, ...]] = {
    "patient": ("Observation", "Encounter", "MedicationRequest", "Device", "Appointment"),
    "identifier": ("Patient", "Organization", "Practitioner", "Observation", "Encounter", "Medication"),
    "name": ("Patient", "Organization", "Practitioner", "Location"),
    "organization": ("Patient", "PractitionerRole", "Location"),
    "date": ("Observation", "Encounter", "Appointment", "MedicationRequest"),
    "status": ("Observation", "Encounter", "Appointment", "MedicationRequest", "Medication"),
}
COMMON = (
    st.tuples(st.just("_tag"), alternatives(st.sampled_from(TAGS))),
    st.tuples(st.just("_tag:not"), st.sampled_from(TAGS)),
    st.tuples(st.just("_profile:missing"), missing),
    st.tuples(st.just("_lastUpdated"), dates),
    st.tuples(
        st.just("_id"), alternatives(st.sampled_from(("patient-1", "patient-2-1", "organization-1", "observation-1-1")))
    ),
)
ASKED_ALIKE: dict[str, st.SearchStrategy[Pair]] = {
    "patient": _references("patient", ("Patient",)),
    "identifier": _tokens("identifier", identifiers),
    "name": _strings("name"),
    "organization": st.one_of(
        _references("organization", ("Organization",)), _chains("organization", ("Organization",), 1)
    ),
    "date": _dates("date"),
    "status": _tokens("status", plain_codes),
}


@st.composite
def searches_of_types(draw: st.DrawFn) -> list[Pair]:
    """Draw a search of several types, or of all, by what they have in common."""
    code = draw(st.sampled_from([None, *ALIKE]))
    if code is None:
        types = draw(st.lists(st.sampled_from(TYPES), unique=True, max_size=4))
        pairs = draw(st.lists(st.one_of(COMMON), max_size=2))
    else:
        types = draw(st.lists(st.sampled_from(ALIKE[code]), unique=True, min_size=1, max_size=4))
        pairs = draw(st.lists(st.one_of(ASKED_ALIKE[code], *COMMON), max_size=3))
    keys = [
        "_id",
        "-_lastUpdated",
        *({"identifier": ["identifier"], "name": ["-name"], "date": ["date", "-date"]}.get(code or "", [])),
    ]
    sort = draw(st.one_of(st.just([]), st.sampled_from(keys).map(lambda key: [("_sort", key)])))
    return [*([("_type", ",".join(types))] if types else []), *pairs, *sort]
