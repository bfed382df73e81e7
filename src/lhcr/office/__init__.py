"""The privacy office: what looks unusual in the log, checked against recorded facts, and cases with a clock for what remains.

Part of the work, above the gate: it reads facts and the log through `access` and `audit`, touches no clinical resource, and
keeps tables of its own. A case is not part of anybody's record.
"""
