"""Starts and provisions an installation; imports no service."""
