"""The rules of access: one pure function a file, each from a case to a verdict with its reason."""
