"""Faults on a mini season: real processes, killed and broken on purpose."""
