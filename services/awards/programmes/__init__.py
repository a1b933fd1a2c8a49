"""Programmes (评选): one award of one edition, as the published method says it."""
