"""The hall while the contest runs: one live page for scorekeeper, timekeeper, usher and supervisor."""
