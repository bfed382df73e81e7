"""Who asks: principals, the bearer tokens that name them, and the sessions of the portal.

Part of the gate, below `audit` and `access`. It knows how a principal is told from a token; which principals exist and what
they may do is decided elsewhere.
"""
