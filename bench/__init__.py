"""Measures against what one would use instead, both sides in the same run. Nothing in the suite asserts a time."""
