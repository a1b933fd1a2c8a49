"""Persons of the roster and outsiders."""
