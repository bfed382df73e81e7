"""Addresses that one holder has are counted together, and no others."""

import pytest

from lhcr.identity.counted_address import counted_address


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2001:db8::1", "2001:db8::ffff:ffff:ffff:ffff"),
        ("2001:DB8:0:0:0:0:0:1", "2001:db8::2"),
        ("fe80::1%eth0", "fe80::2%eth1"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
    ],
)
def test_what_one_holder_has_is_counted_as_one(one: str, other: str) -> None:
    assert counted_address(one) == counted_address(other)


@pytest.mark.parametrize(
    ("one", "other"), [("192.0.2.7", "192.0.2.8"), ("2001:db8:0:1::1", "2001:db8:0:2::1"), ("", "testclient")]
)
def test_others_are_counted_apart(one: str, other: str) -> None:
    assert counted_address(one) != counted_address(other)
