"""Entries: who may take part, who signed up, what the branch says, who withdrew."""
