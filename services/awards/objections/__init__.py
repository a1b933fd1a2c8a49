"""Objections 异议 against a posted list."""
