"""Benchmarks: what the area does in a second, beside what PostgreSQL's own tools do on the same machine in the same run."""
