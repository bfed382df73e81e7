"""Whereabouts: a resource without what tells where its person lives or can be found, and the searches that would tell it.

PDS restricts a person with the label `R`: address, GP and telecom are removed, and so is whatever else tells where they are.
Hazard: the address of a restricted person is exposed. Of people only what is listed is left, so that an element that nobody
thought of is removed; of other entries what is listed is removed, because the rest is care that must not be lost.
"""
