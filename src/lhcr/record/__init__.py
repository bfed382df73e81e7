"""The one door to clinical data: read, search, write and history. Every call needs an AccessDecision.

Only this package touches stored clinical resources. It locates whose record a request is about, writes entries with their
search rows, facts, notices and audit entries in one transaction, and answers from stored bytes without parsing them.
"""
