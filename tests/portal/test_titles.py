"""Titles of pages. Hazard: the title of a tab stays in the history of a shared computer and is read over a shoulder."""

from pathlib import Path

import lhcr.portal

_TEMPLATES = Path(lhcr.portal.__file__).parent / "templates"


def test_no_title_is_made_from_what_a_record_says() -> None:
    titles = [
        line for path in _TEMPLATES.rglob("*.jinja") for line in path.read_text().splitlines() if "block title" in line
    ]
    assert len(titles) > 5
    assert not [title for title in titles if "banner" in title or "page.test" in title]
