"""Draws: the recorded lot for the order of appearance, and the blind codes."""
