"""The tag of a resource of which something was left out."""

from lhcr.fhir.subsetted import SUBSETTED, is_subsetted, subsetted

OTHER = {"system": "urn:other", "code": "SUBSETTED"}


def test_a_resource_says_once_that_something_was_left_out_however_often_it_was_cut() -> None:
    once = subsetted({"versionId": "1", "tag": [OTHER]})
    assert once == {"versionId": "1", "tag": [OTHER, dict(SUBSETTED)]}
    assert subsetted(once) == once


def test_the_tag_is_known_by_system_and_code_and_not_by_its_words() -> None:
    assert is_subsetted({"tag": [dict(SUBSETTED) | {"display": "subsetted"}]})
    assert not is_subsetted({"tag": [OTHER]})
    assert not is_subsetted({})
