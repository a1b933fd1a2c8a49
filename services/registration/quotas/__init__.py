"""Quotas: what a branch may send, over an activity or in a division that is counted alone."""
