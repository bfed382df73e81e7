"""Views of one person's record: Core Information sections, medicines, results series, timeline and identity banner.

Pure functions over parsed FHIR JSON. They neither read nor write a record: an edge hands them the entries that a
decision released, and shows what they return. Nothing is dropped silently here: an entry that no section claims is
shown under other information, and what is left out is counted and said.
"""
