from datetime import UTC, datetime
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lhcr.fhir.search.catalogue import parameter, type_ids
from lhcr.fhir.search.limits import Limits
from lhcr.fhir.search.parameter import SearchParameter
from lhcr.fhir.search.query import (
    Chain,
    CompositeValue,
    Criterion,
    DateValue,
    Has,
    MissingValue,
    Modifier,
    Prefix,
    QuantityValue,
    ReferenceValue,
    SearchQuery,
    SortKey,
    StringValue,
    Summary,
    TokenValue,
    Total,
    UriValue,
    Value,
)
from lhcr.fhir.search.query_parser import parse_query
from lhcr.kernel.errors import Incorrect, Issue
from lhcr.nhs.systems import NHS_NUMBER

NOW = datetime(2024, 1, 1, tzinfo=UTC)


def parsed(resource_type: str | None, *pairs: tuple[str, str], bases: tuple[str, ...] = ()) -> SearchQuery:
    return parse_query(resource_type, pairs, now=NOW, bases=bases)


def only(resource_type: str | None, name: str, text: str) -> Criterion:
    (node,) = parsed(resource_type, (name, text)).criteria
    assert isinstance(node, Criterion)
    return node


def values(resource_type: str, name: str, text: str) -> tuple[Value, ...]:
    return only(resource_type, name, text).values


def errors(resource_type: str | None, *pairs: tuple[str, str], limits: Limits | None = None) -> list[str]:
    with pytest.raises(Incorrect) as caught:
        parse_query(resource_type, pairs, now=NOW, limits=limits or Limits())
    assert caught.value.status == 400
    return [issue.error for issue in caught.value.issues]


def known(resource_type: str, code: str) -> SearchParameter:
    found = parameter(resource_type, code)
    assert found is not None
    return found


def test_no_parameters_ask_for_everything_of_the_type() -> None:
    assert parsed("Observation") == SearchQuery(types=("Observation",))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a", TokenValue(system=None, code="a")),
        ("http://loinc.org|a", TokenValue(system="http://loinc.org", code="a")),
        ("|a", TokenValue(system="", code="a")),
        ("http://loinc.org|", TokenValue(system="http://loinc.org", code=None)),
        (r"a\|b\,c\\d\$e", TokenValue(system=None, code=r"a|b,c\d$e")),
    ],
)
def test_a_token_tells_any_system_from_none(text: str, value: TokenValue) -> None:
    assert values("Observation", "code", text) == (value,)


NUMBER = TokenValue(system=NHS_NUMBER, code="9990000018")


@pytest.mark.parametrize("system", [NHS_NUMBER, "urn:oid:2.16.840.1.113883.2.1.4.1"])
@pytest.mark.parametrize("text", ["9990000018", "999 000 0018", "999-000-0018"])
def test_an_nhs_number_is_asked_for_by_its_ten_digits(system: str, text: str) -> None:
    """Hazard: partial record. Who writes it with spaces would find nobody."""
    asked = f"{system}|{text}"
    assert values("Patient", "identifier", asked) == (NUMBER,)
    assert values("Observation", "patient:identifier", asked) == (NUMBER,)
    assert parsed("Observation", ("patient.identifier", asked)) == parsed(
        "Observation", ("patient.identifier", f"{NHS_NUMBER}|9990000018")
    )


def test_a_number_without_a_system_is_asked_for_as_it_is_written_and_as_an_nhs_number() -> None:
    written = TokenValue(system=None, code="999 000 0018")
    for text in ("999 000 0018", f"999 000 0018,{NHS_NUMBER}|999-000-0018"):
        assert values("Patient", "identifier", text) == (written, NUMBER)
    assert values("Observation", "patient:identifier", "999 000 0018") == (written, NUMBER)
    assert values("Patient", "identifier", "9990000018") == (TokenValue(system=None, code="9990000018"),)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("identifier", "999 000 0019"),
        ("identifier", "|999 000 0018"),
        ("identifier", "urn:x|999 000 0018"),
        ("telecom", "999 000 0018"),
        ("_id", "999-000-0018"),
    ],
)
def test_what_is_no_nhs_number_is_asked_for_as_it_is_written(name: str, text: str) -> None:
    """Hazard: wrong person. A telephone number, another system's number and an id are none."""
    (value,) = values("Patient", name, text)
    assert isinstance(value, TokenValue)
    assert value.code == text.rpartition("|")[2]
    assert value.system != NHS_NUMBER


def test_alternatives_are_split_at_commas_that_are_not_escaped() -> None:
    found = values("Observation", "status", r"final,a\,b,final")
    assert found == (TokenValue(system=None, code="final"), TokenValue(system=None, code="a,b"))


def test_a_string_is_folded_for_comparison() -> None:
    assert values("Patient", "family", "  GÓMEZ  y Ruiz") == (
        StringValue(text="  GÓMEZ  y Ruiz", folded="gomez y ruiz"),
    )
    assert only("Patient", "family:exact", "x").modifier is Modifier.EXACT
    assert only("Patient", "family:contains", "x").modifier is Modifier.CONTAINS


def test_a_date_is_the_interval_of_what_is_written() -> None:
    (value,) = values("Observation", "date", "ge2020-02")
    assert value == DateValue(
        prefix=Prefix.GE, low=1_580_515_200_000_000, high=1_583_020_799_999_999, literal="2020-02"
    )


def test_an_approximate_date_is_widened_by_a_tenth_of_its_distance_from_now() -> None:
    (value,) = values("Observation", "date", "ap2023-12-22")
    assert isinstance(value, DateValue)
    day = 86_400_000_000
    exact = 19_713 * day
    gap = (9 * day) // 10
    assert exact - gap - day < value.low < exact
    assert exact + day - 1 < value.high < exact + 2 * day + gap


def test_a_quantity_has_a_number_and_perhaps_a_unit() -> None:
    (value,) = values("Observation", "value-quantity", "gt5.4|http://unitsofmeasure.org|mg")
    assert value == QuantityValue(
        prefix=Prefix.GT, low=5.4, high=5.4, literal="5.4", system="http://unitsofmeasure.org", code="mg"
    )
    (bare,) = values("Observation", "value-quantity", "5.4||mg")
    assert isinstance(bare, QuantityValue)
    assert (bare.system, bare.code) == (None, "mg")
    assert bare.low == pytest.approx(5.35)
    assert 5.4 < bare.high < 5.45


def test_a_reference_names_its_types() -> None:
    assert values("Observation", "patient", "1") == (ReferenceValue(types=("Patient",), id="1"),)
    assert values("Observation", "subject", "Group/1") == (ReferenceValue(types=("Group",), id="1"),)
    assert values("Observation", "subject:Group", "1") == (ReferenceValue(types=("Group",), id="1"),)
    (several,) = values("Observation", "subject", "1")
    assert isinstance(several, ReferenceValue)
    assert set(several.types) == {"Patient", "Group", "Device", "Location"}


def test_an_address_is_a_reference_of_its_own() -> None:
    (told,) = values("Observation", "subject", "https://elsewhere.example/fhir/Patient/1")
    assert told == ReferenceValue(types=("Patient",), id="https://elsewhere.example/fhir/Patient/1", absolute=True)
    (canonical,) = values("QuestionnaireResponse", "questionnaire", "http://example.org/q|2.0")
    assert canonical == ReferenceValue(types=(), id="http://example.org/q", version="2.0", absolute=True)


def test_an_address_of_this_server_is_read_as_what_it_names() -> None:
    query = parsed(
        "Observation", ("subject", "https://here.example/fhir/Patient/1"), bases=("https://here.example/fhir",)
    )
    assert query == parsed("Observation", ("subject", "Patient/1"))


def test_a_reference_may_be_asked_by_its_identifier() -> None:
    found = only("Observation", "subject:identifier", "urn:x|1")
    assert found.modifier is Modifier.IDENTIFIER
    assert found.values == (TokenValue(system="urn:x", code="1"),)


def test_missing_is_asked_of_any_kind() -> None:
    for name in ("code", "date", "subject", "value-quantity", "value-string", "code-value-quantity", "_tag"):
        found = only("Observation", f"{name}:missing", "true")
        assert (found.modifier, found.values) == (Modifier.MISSING, (MissingValue(missing=True),))
    assert errors("Observation", ("code:missing", "yes")) == ["search-value-invalid"]
    assert errors("Observation", ("_id:missing", "true")) == ["search-modifier-unsupported"]


def test_a_composite_has_a_value_for_each_component() -> None:
    (value,) = values("Observation", "code-value-quantity", "http://loinc.org|8480-6$lt60")
    assert value == CompositeValue(
        components=(
            TokenValue(system="http://loinc.org", code="8480-6"),
            QuantityValue(prefix=Prefix.LT, low=60.0, high=60.0, literal="60", system=None, code=None),
        )
    )
    assert errors("Observation", ("code-value-quantity", "8480-6")) == ["search-value-invalid"]


def test_a_chain_names_its_type_or_expands_to_all_that_fit() -> None:
    (typed,) = parsed("Observation", ("subject:Patient.name", "x")).criteria
    assert isinstance(typed, Chain)
    assert typed.typed
    (hop,) = typed.hops
    assert hop.target == "Patient"
    assert hop.criterion == only("Patient", "name", "x")
    (free,) = parsed("Observation", ("subject.identifier", "x")).criteria
    assert isinstance(free, Chain)
    assert {hop.target for hop in free.hops} == {"Patient", "Group", "Device", "Location"}


def test_a_chain_goes_through_several_references() -> None:
    (node,) = parsed("Observation", ("patient.organization.name", "x")).criteria
    assert isinstance(node, Chain)
    (first,) = node.hops
    assert isinstance(first.criterion, Chain)
    assert [hop.target for hop in first.criterion.hops] == ["Organization"]


def test_a_chain_that_leads_nowhere_or_means_two_things_is_refused() -> None:
    assert errors("Observation", ("subject.colour", "x")) == ["search-parameter-unknown"]
    assert errors("Observation", ("code.name", "x")) == ["search-value-invalid"]
    assert errors("Observation", ("subject:Practitioner.name", "x")) == ["search-value-invalid"]
    assert errors("Observation", ("focus.code", "x"), limits=Limits(hops=10)) == ["search-too-large"]
    # The `value` of a Group is a token and that of a NamingSystem a string: one text would be read in two ways.
    assert errors("Provenance", ("target.value", "x")) == ["search-value-invalid"]


def test_has_asks_what_refers_to_the_resource() -> None:
    (node,) = parsed("Patient", ("_has:Observation:patient:code", "x")).criteria
    assert node == Has(parameter=known("Observation", "patient"), criterion=only("Observation", "code", "x"))
    (nested,) = parsed("Patient", ("_has:Observation:patient:_has:AuditEvent:entity:agent", "1")).criteria
    assert isinstance(nested, Has)
    assert isinstance(nested.criterion, Has)


@pytest.mark.parametrize(
    "name", ["_has:Observation:patient", "_has:Observatory:patient:code", "_has:Observation:specimen:code", "_has:"]
)
def test_a_has_that_does_not_refer_here_is_refused(name: str) -> None:
    assert errors("Patient", (name, "x"))


def test_chains_are_limited_in_depth() -> None:
    assert errors("Observation", ("patient.organization.partof.partof.partof.name", "x")) == ["search-too-large"]


def test_what_shapes_the_answer_is_kept_beside_the_criteria() -> None:
    query = parsed(
        "Observation",
        ("_sort", "-date,status"),
        ("_count", "20"),
        ("_total", "accurate"),
        ("_summary", "count"),
        ("_elements", "status,code"),
        ("_format", "json"),
        ("_cursor", "opaque=="),
    )
    assert query.criteria == ()
    assert query.sort == (
        SortKey(parameters=(known("Observation", "date"),), descending=True),
        SortKey(parameters=(known("Observation", "status"),)),
    )
    assert (query.count, query.total, query.summary) == (20, Total.ACCURATE, Summary.COUNT)
    assert query.elements == ("status", "code")
    assert query.paging == (("_cursor", "opaque=="),)


def test_includes_name_parameters_and_targets() -> None:
    query = parsed(
        "MedicationRequest",
        ("_include", "MedicationRequest:medication"),
        ("_include:iterate", "Medication:manufacturer:Organization"),
        ("_revinclude", "Provenance:target"),
        ("_include", "*"),
    )
    first, second, third = query.includes
    assert first.parameters == (known("MedicationRequest", "medication"),)
    assert not first.iterate
    assert (second.target, second.iterate) == ("Organization", True)
    assert {each.code for each in third.parameters} >= {"subject", "encounter", "requester"}
    assert query.reverse_includes[0].parameters == (known("Provenance", "target"),)


def test_everything_that_refers_to_a_type_can_be_included() -> None:
    (found,) = parsed("Patient", ("_revinclude", "*")).reverse_includes
    assert known("Observation", "patient") in found.parameters
    assert known("Observation", "specimen") not in found.parameters


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("_include", "Observation"),
        ("_include", "Observation:code"),
        ("_include", "Observation:colour"),
        ("_include", "Patient:organization"),
        ("_include", "Observation:subject:Practitioner"),
        ("_include:recurse", "Observation:subject"),
        ("_include:iterate", "*"),
        ("_revinclude", "Observation:specimen:Patient"),
        ("_revinclude", "AllergyIntolerance:patient"),
    ],
)
def test_an_include_that_connects_nothing_is_refused(name: str, text: str) -> None:
    assert errors("Observation", (name, text))


def test_a_search_of_several_types_asks_each_by_its_own_parameter() -> None:
    found = parsed(None, ("_type", "Condition,Procedure"), ("patient", "Patient/1"))
    assert found.types == ("Condition", "Procedure")
    (node,) = found.criteria
    assert isinstance(node, Criterion)
    assert node.parameters == (known("Condition", "patient"), known("Procedure", "patient"))


def test_the_order_of_the_pairs_does_not_change_which_types_are_searched() -> None:
    pairs = (("patient", "Patient/1"), ("_type", "Condition,Procedure"))
    assert parsed(None, *pairs) == parsed(None, *reversed(pairs))


def test_a_search_of_everything_knows_only_the_common_parameters() -> None:
    found = only(None, "_tag", "x")
    assert len(found.parameters) == len(type_ids())
    assert errors(None, ("code", "x")) == ["search-parameter-unknown"]
    assert errors(None, ("_type", "Condition,Condiment")) == ["search-value-invalid"]
    assert errors("Condition", ("_type", "Condition")) == ["search-parameter-unknown"]


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("colour", "search-parameter-unknown"),
        ("_text", "search-parameter-unsupported"),
        ("_content", "search-parameter-unsupported"),
        ("_filter", "search-parameter-unsupported"),
        ("_query", "search-parameter-unsupported"),
        ("_list", "search-parameter-unsupported"),
        ("code:in", "search-modifier-unsupported"),
        ("code:not-in", "search-modifier-unsupported"),
        ("code:above", "search-modifier-unsupported"),
        ("code:text", "search-modifier-unsupported"),
        ("code:exact", "search-modifier-unsupported"),
        ("code:", "search-modifier-unsupported"),
        ("date:not", "search-modifier-unsupported"),
        ("subject:Colour", "search-modifier-unsupported"),
        ("value-string:not", "search-modifier-unsupported"),
    ],
)
def test_what_is_not_done_is_refused_and_never_ignored(name: str, error: str) -> None:
    """Hazard: an ignored criterion would show other people's data as if it had been asked for."""
    assert errors("Observation", (name, "x")) == [error]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("date", "yesterday"),
        ("date", "2020-13"),
        ("date", "2020-02-30"),
        ("date", "20200101"),
        ("date", "gt"),
        ("value-quantity", "five"),
        ("value-quantity", "5|mg"),
        ("value-quantity", "1e999"),
        ("value-quantity", "NaN"),
        ("value-quantity", "٥"),
        ("code", "a|b|c"),
        ("code", "|"),
        ("code", "a,,b"),
        ("code", ""),
        ("code", "a\x00b"),
        ("code", "a\ud800b"),
        ("subject", "Colour/1"),
        ("subject", "Practitioner/1"),
        ("subject", "Patient/"),
        ("patient", "Group/1"),
        ("subject:Group", "Patient/1"),
        ("_count", "-1"),
        ("_count", "many"),
        ("_total", "some"),
        ("_summary", "short"),
        ("_elements", "a b"),
        ("_sort", "code-value-quantity"),
        ("_id", "a/b"),
    ],
)
def test_a_value_that_cannot_be_read_is_refused(name: str, text: str) -> None:
    assert errors("Observation", (name, text)) == ["search-value-invalid"]


def test_all_mistakes_are_told_at_once() -> None:
    assert errors("Observation", ("colour", "x"), ("date", "x"), ("_count", "x"), ("code:in", "x")) == [
        "search-parameter-unknown",
        "search-value-invalid",
        "search-value-invalid",
        "search-modifier-unsupported",
    ]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("9434765919", "x"),
        ("name=Ann", "x"),
        ("date", "9434765919"),
        ("subject", "Patient/9434765919/x"),
        ("_sort", "9434765919"),
        ("_has:Observation:9434765919:code", "x"),
        ("subject:9434765919.name", "x"),
        ("code:9434765919", "x"),
        ("_include", "Observation:9434765919"),
        ("_count", "9434765919x"),
    ],
)
def test_an_error_never_repeats_what_may_be_a_person(name: str, text: str) -> None:
    """Hazard: person data in logs and on screens."""
    with pytest.raises(Incorrect) as caught:
        parsed("Observation", (name, text))
    assert "9434765919" not in str(caught.value)
    assert "Ann" not in str(caught.value)


def test_a_query_is_limited_in_every_direction() -> None:
    small = Limits(pairs=3, values=2, text=10, sort_keys=1, includes=1)
    assert errors("Observation", *[("code", "x")] * 4, limits=small) == ["search-too-large"]
    assert errors("Observation", ("code", "a,b,c"), limits=small) == ["search-too-large"]
    assert errors("Observation", ("code", "a" * 11), limits=small) == ["search-too-large"]
    assert errors("Observation", ("_sort", "code,date"), limits=small) == ["search-too-large"]
    assert errors("Patient", *[("_include", "*")] * 2, limits=small) == ["search-too-large"]


def test_what_may_be_given_only_once_is_refused_twice() -> None:
    assert errors("Observation", ("_count", "1"), ("_count", "2")) == ["search-value-invalid"]
    assert errors(None, ("_type", "Patient"), ("_type", "Group")) == ["search-value-invalid"]


def test_a_uri_is_compared_whole() -> None:
    assert values("ValueSet", "url", "http://example.org/a") == (UriValue(uri="http://example.org/a"),)
    assert errors("ValueSet", ("url:below", "http://example.org/")) == ["search-modifier-unsupported"]


def test_the_system_that_a_plain_code_has_by_definition_may_be_asked_for() -> None:
    asked = values("Patient", "gender", "http://hl7.org/fhir/administrative-gender|female")
    assert asked == (TokenValue(system="", code="female"),)
    other = values("Patient", "gender", "http://example.org/gender|female")
    assert other == (TokenValue(system="http://example.org/gender", code="female"),)


def test_a_zone_whose_plus_became_a_space_is_still_a_zone() -> None:
    assert values("Observation", "date", "ge2020-06-01T10:00:00 01:00") == values(
        "Observation", "date", "ge2020-06-01T10:00:00+01:00"
    )


pieces = st.sampled_from(
    [
        "_has", ":", ".", "Observation", "Patient", "patient", "subject", "code", "date", "missing", "not", "_include",
        "_revinclude", "iterate", "_sort", "_count", "-", "*", ",", "|", "$", "\\", "2020", "ge", "1", "", " ", "\x00", "é",
        "near", "identifier", "value-quantity", "code-value-quantity", "target", "_type", "_summary", "_elements",
    ]
)  # fmt: skip
jumbles = st.lists(pieces, max_size=8).map("".join)


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from([None, "Patient", "Observation", "Provenance"]), st.lists(st.tuples(jumbles, jumbles), max_size=4)
)
def test_any_text_is_read_or_refused_and_nothing_else(resource_type: str | None, pairs: list[tuple[str, str]]) -> None:
    secret = "9434765919"
    told = told_of(resource_type, [(name, f"{text}{secret}") for name, text in pairs])
    assert all(secret not in issue.diagnostics for issue in told)


def told_of(resource_type: str | None, pairs: list[tuple[str, str]]) -> tuple[Issue, ...]:
    try:
        parse_query(resource_type, pairs, now=NOW)
    except Incorrect as refused:
        return refused.issues
    return ()


def test_the_widest_chain_is_refused_quickly() -> None:
    """Hazard: one request that keeps the server from everybody else."""
    name = "target.target.subject.focus.code"
    started = perf_counter()
    with pytest.raises(Incorrect):
        parsed("Provenance", (name, "x"))
    assert perf_counter() - started < 2
