"""Presenters: what each page says, as plain values that a template only lays out."""
