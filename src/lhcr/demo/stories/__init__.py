"""The records of the people whom a visitor is pointed to: one module per story."""
