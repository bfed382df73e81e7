"""The FHIR REST edge: parses and authenticates a request, asks the gate, lets `record` do the work, and sends what was released.

At the top of the flow. It decides nothing about access and touches no stored resource: what it may send is a `Released` answer, or
words about the request itself.
"""
