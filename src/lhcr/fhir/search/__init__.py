"""FHIR R4 search as pure language: which parameters exist, what they select from a resource, and what a query means.

`catalogue` knows every search parameter and resource type, `homes` says whom a resource is about, `clinical_dates` when it
happened, `extraction` turns a resource into the rows of a search index, and `query_parser` turns the name-value pairs of a
request into the typed tree of `query`. Nothing here reads or writes anything but the package's own data: the store compiles
the tree to SQL.
"""
