"""The ground words of the house: errors in nine categories, the clock, identifiers and settings.

Every other package may import it; it imports none of them.
"""
