"""The name of a user for an app: always the same, never another app's, and never the user's own id."""

from hypothesis import given
from hypothesis import strategies as st

from lhcr.identity.subject_name import new_subject_key, subject_name

KEY = new_subject_key()


def test_an_app_knows_a_user_again_and_no_other_app_by_the_same_name() -> None:
    names = [subject_name("555000000101", client=client, key=KEY) for client in ("an-app", "an-app", "another-app")]
    assert names[0] == names[1] != names[2]
    assert subject_name("555000000102", client="an-app", key=KEY) != names[0]
    assert subject_name("555000000101", client="an-app", key=new_subject_key()) != names[0]


@given(st.text(max_size=50), st.from_regex(r"[A-Za-z0-9._-]{0,64}", fullmatch=True))
def test_the_name_is_of_one_form_whatever_the_id_is(user: str, client: str) -> None:
    name = subject_name(user, client=client, key=KEY)
    assert len(name) == 32
    assert int(name, 16) >= 0


def test_two_pairs_are_not_written_alike() -> None:
    assert subject_name("b", client="a", key=KEY) != subject_name("", client="ab", key=KEY)
    assert subject_name("1", client="app", key=KEY) != subject_name("pp1", client="a", key=KEY)
