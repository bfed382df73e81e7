"""The command line: `lhcr` and its commands, which act as named principals through the gate like everybody else.

Each command is a file of its name. What it needs is imported when it runs, so that `lhcr --help` answers at once.
"""
