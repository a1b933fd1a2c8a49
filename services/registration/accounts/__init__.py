"""Accounts: first codes, passwords, sign-in, and tickets for the other services."""
