"""Corrections 更正: what a change would do to the ranks is seen first, and only then applied."""
