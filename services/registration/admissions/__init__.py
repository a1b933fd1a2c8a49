"""Admissions: the one door through which a place of a division is given or freed."""
