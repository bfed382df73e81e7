"""Names: the one by which somebody is asked who they are, and none of the others lost."""

import pytest

from lhcr.kernel.json_types import JsonObject
from lhcr.views.person_name import PersonName, other_names, read_name

ENDED = {"period": {"start": "1990", "end": "2010-05-01"}}
OFFICIAL: JsonObject = {"use": "official", "family": "Smith", "given": ["Ann"]}
USUAL: JsonObject = {"use": "usual", "family": "Jones", "given": ["Ann"]}


@pytest.mark.parametrize(
    ("names", "family"),
    [
        ([USUAL, OFFICIAL], "Smith"),
        ([OFFICIAL | ENDED, USUAL], "Jones"),
        ([{"use": "maiden", "family": "Hill"}, {"family": "Smith"}], "Smith"),
        ([{"use": "old", "family": "Hill"}, {"use": "temp", "family": "Unknown"}], "Unknown"),
        ([{"use": "maiden", "family": "Hill"}, OFFICIAL | ENDED], "Smith"),
        ([{"use": "old", "family": "Hill"}], "Hill"),
    ],
)
def test_hazard_wrong_person_a_name_that_is_no_longer_used_is_shown_only_where_there_is_no_other(
    names: list[JsonObject], family: str
) -> None:
    for order in (names, names[::-1]):
        assert read_name(order).family == family


def test_every_name_that_was_not_chosen_is_among_the_others() -> None:
    names = [USUAL, OFFICIAL, {"use": "maiden", "family": "Hill"}]
    assert [name.family for name in other_names(names)] == ["Jones", "Hill"]
    assert other_names(OFFICIAL) == ()


@pytest.mark.parametrize(
    ("name", "banner", "shown"),
    [
        ({"family": "Smith", "given": ["Ann", "May"], "prefix": ["Mrs"]}, "SMITH, Ann May (Mrs)", "Mrs Ann May Smith"),
        ({"family": "Smith"}, "SMITH", "Smith"),
        ({"given": ["Ann"]}, "Ann", "Ann"),
        ({"given": ["Ann"], "text": "Ann Smith"}, "Ann Smith", "Ann Smith"),
        ({"text": "Baby of Ann Smith"}, "Baby of Ann Smith", "Baby of Ann Smith"),
        ({"family": "O'Neill-Ó Súilleabháin"}, "O'NEILL-Ó SÚILLEABHÁIN", "O'Neill-Ó Súilleabháin"),
        ({"family": "Smith", "given": ["Ann"], "suffix": ["BSc"]}, "SMITH, Ann", "Ann Smith BSc"),
        ({}, "Name not recorded", ""),
    ],
)
def test_a_name_is_shown_as_screens_and_as_sentences_give_it(name: JsonObject, banner: str, shown: str) -> None:
    assert (read_name(name).banner, read_name(name).shown) == (banner, shown)


@pytest.mark.parametrize("name", [None, "Ann", 3, [], [None], [3, "x"]])
def test_what_is_no_name_is_not_made_into_one(name: object) -> None:
    assert read_name(name) == PersonName()


@pytest.mark.parametrize("part", [None, 3, [None, 3], [{"a": 1}]])
def test_parts_that_are_no_text_are_left_out(part: object) -> None:
    assert read_name({"family": "Smith", "given": part}).banner == "SMITH"
