"""The demonstration area: invented people and what each organisation of the area contributes about them.

Part of the work: it makes contributions as a feed would and writes nothing itself. Everything follows from its
arguments alone, so that the same seed and day give the same bytes. Nobody in it exists: NHS numbers lie in the 999
range, telephone numbers in the ranges kept free for drama, and postcodes begin with a letter that no postcode has.
"""
