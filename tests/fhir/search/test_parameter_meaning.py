"""What search parameters mean beside their expressions."""

from lhcr.fhir.search.parameter_meaning import covering


def test_others_cover_a_parameter_only_where_they_select_all_of_it_and_nothing_twice() -> None:
    assert covering({1, 2}, {"a": {1}, "b": {2}, "c": {2, 3}}) == ["a", "b"]
    assert covering({1, 2}, {"a": {1}, "c": {2, 3}}) == []
