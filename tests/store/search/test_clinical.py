from lhcr.store.search.clinical import NO_DATE, stored_interval


def test_a_date_is_stored_as_its_interval() -> None:
    assert stored_interval((1, 5), stands_in=False) == (1, 5)


def test_a_date_that_stands_in_orders_but_is_not_found_as_the_date() -> None:
    """Hazard: an entry found under the date on which it was merely recorded."""
    assert stored_interval((1, 5), stands_in=True) == (1, NO_DATE)


def test_no_date_comes_last_and_fits_the_column() -> None:
    assert stored_interval(None, stands_in=False) == (NO_DATE, NO_DATE)
    assert -(2**63) < NO_DATE < -(2**62)
