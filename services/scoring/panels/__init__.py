"""Panels, seats, reserve judges and recusal."""
