"""The ties of persons who become one, and of those who are two again: facts that are brought along as they stand.

Hazard: a record opened to whomever a fact names. No statement here makes a tie that nobody had: it brings, ends, keeps for an unmerge or
returns what the rules of projection wrote. They stand in the store because they judge facts by the rows of entries, and those two belong
to different packages.
"""

from typing import Final

from lhcr.store.statements import load_statements

BROUGHT_TIES: Final = load_statements("lhcr.store", "brought_ties.sql")
#: The table that they are about.
TIES: Final = "fact_relationship"
