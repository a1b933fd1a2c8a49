"""Employer units and the union branches that cover them."""
