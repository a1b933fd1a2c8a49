"""Scorecards (考核细则): self scores and audited scores of a nominated branch."""
