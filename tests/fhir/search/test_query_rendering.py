"""A query that is rendered and parsed again is the same query."""

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from lhcr.fhir.search.query_parser import parse_query
from lhcr.fhir.search.query_rendering import render

NOW = datetime(2024, 1, 1, tzinfo=UTC)
# Signs that escape or separate come up often, so that their rules meet.
texts = st.text(st.sampled_from("ab1 \\,|$é:/"), min_size=1, max_size=8).map(lambda text: f"x{text}")
escaped = texts.map(lambda text: "".join("\\" + sign if sign in "\\,|$" else sign for sign in text))
prefixes = st.sampled_from(["", "eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"])
numbers = st.decimals(min_value=-1000, max_value=1000, places=2).map(str) | st.sampled_from(
    ["1e2", "-0.5", "+7", "100"]
)
dates = (
    st.dates().map(str)
    | st.dates().map(lambda day: str(day)[:7])
    | st.datetimes().map(lambda at: f"{at:%Y}-01-01T10:00Z".rjust(17, "0"))
)
numbers_of_people = st.builds(
    "{}{}".format,
    st.sampled_from(["", "|", "https://fhir.nhs.uk/Id/nhs-number|", "urn:x|"]),
    st.sampled_from(["9990000018", "999 000 0018", "999-000-0018", "999 000 0019"]),
)
ids = st.from_regex(r"[A-Za-z0-9.-]{1,8}", fullmatch=True)
tokens = escaped | st.builds("{}|{}".format, escaped, escaped) | escaped.map("|{}".format) | escaped.map("{}|".format)
quantities = st.builds("{}{}".format, prefixes, numbers) | st.builds(
    "{}{}|{}|{}".format, prefixes, numbers, escaped, escaped
)
references = (
    ids
    | ids.map("Patient/{}".format)
    | ids.map("Patient/a/_history/{}".format)
    | ids.map("http://x.example/{}|1".format)
)


def several(name: str, values: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, str]]:
    return st.tuples(st.just(name), st.lists(values, min_size=1, max_size=3).map(",".join))


criteria = st.one_of(
    several("code", tokens),
    several("code:not", tokens),
    several("value-string", escaped),
    several("value-string:exact", escaped),
    several("value-string:contains", escaped),
    several("date", st.builds("{}{}".format, prefixes, dates)),
    several("value-quantity", quantities),
    several("subject", references),
    several("subject:Patient", ids),
    several("subject:identifier", tokens),
    several("code-value-quantity", st.builds("{}${}".format, tokens, quantities)),
    several("code-value-string", st.builds("{}${}".format, tokens, escaped)),
    several("subject:identifier", numbers_of_people),
    several("identifier", numbers_of_people),
    several("code", numbers_of_people),
    several("_profile", escaped),
    several("_id", ids),
    several("subject:Patient.family", escaped),
    several("subject.identifier", tokens),
    several("patient.organization.name", escaped),
    several("_has:Provenance:target:agent:identifier", tokens),
    several("encounter._has:Condition:encounter:code", tokens),
    st.tuples(st.just("code:missing"), st.sampled_from(["true", "false"])),
)
results = st.fixed_dictionaries(
    {},
    optional={
        "_sort": st.sampled_from(["date", "-date,code", "_lastUpdated"]),
        "_count": st.integers(0, 999).map(str),
        "_total": st.sampled_from(["none", "estimate", "accurate"]),
        "_summary": st.sampled_from(["true", "text", "data", "count", "false"]),
        "_elements": st.sampled_from(["status", "status,code"]),
        "_include": st.sampled_from(["*", "Observation:subject", "Observation:subject:Patient"]),
        "_revinclude:iterate": st.just("Provenance:target"),
        "_cursor": texts,
    },
)


@settings(max_examples=300, deadline=None)
@given(st.lists(criteria, max_size=4), results)
def test_a_query_survives_rendering(asked: list[tuple[str, str]], shaping: dict[str, str]) -> None:
    query = parse_query("Observation", [*asked, *shaping.items()], now=NOW)
    rendered = render(query, typed=True)
    assert parse_query("Observation", rendered, now=NOW) == query
    assert render(parse_query("Observation", rendered, now=NOW), typed=True) == rendered


def test_a_query_of_several_types_names_them() -> None:
    query = parse_query(None, [("_type", "Condition,Procedure"), ("_tag", "x")], now=NOW)
    assert render(query, typed=False) == (("_type", "Condition,Procedure"), ("_tag", "x"))
