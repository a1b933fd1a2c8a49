"""The clock of a lesson in the hall."""
