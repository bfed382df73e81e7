"""What is asked, after "Who asks" and "What is asked": which kinds of entry, and whether it is about somebody."""

from tests.access.second_reader.area import EVERY_CATEGORY, categories_of
from tests.access.second_reader.asked import Asked


def kinds(asked: Asked) -> frozenset[str]:
    """A type stands for all of its categories, no type for every kind; whatever type is named, a trace asks for demographics and the log for its own entries."""
    if asked.interaction in {"trace", "audit-read"}:
        return frozenset({"demographics" if asked.interaction == "trace" else "other"})
    return EVERY_CATEGORY if asked.type is None else categories_of(asked.type)


def is_of_directory(asked: Asked) -> bool:
    """Organisations, practitioners, places, services and definitions, and nothing else with them."""
    return kinds(asked) == {"directory"}


def is_of_products(asked: Asked) -> bool:
    """Medicines and substances, and nothing else with them."""
    return kinds(asked) == {"product"}


def is_about_nobody(asked: Asked) -> bool:
    """Directory and products are about nobody, whatever else the request says."""
    return is_of_directory(asked) or is_of_products(asked)


def names_somebody(asked: Asked) -> bool:
    """A person, or somebody who is not here."""
    return asked.standing.person in {"known", "unknown"}
