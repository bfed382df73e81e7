"""Ingest: files and feeds become drafts, drafts become entries of the record, and what cannot be placed is kept with its reason.

It stands above `record`, which it writes through under the decision of a named principal, and below the edges and commands that
hand it input. It owns the quarantine.
"""
