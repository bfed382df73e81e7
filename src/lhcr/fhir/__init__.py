"""FHIR R4 as pure language: definitions, validation, search and compartments, without I/O."""
