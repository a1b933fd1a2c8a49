"""The honours register 荣誉台账: what became of each award, for the public, for its holder, and for those who work on it."""
