"""The versioned table of sections, and which section an entry belongs to."""
