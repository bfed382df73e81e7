"""The definitions of FHIR R4: what each structure may hold and which codes it must use, and the script that makes them."""
