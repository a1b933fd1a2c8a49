"""Decisions 表彰决定 and published results."""
