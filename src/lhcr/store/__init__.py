"""The ground: PostgreSQL in three sizes, its migrations, named SQL statements and the compiler from FHIR search to SQL."""
