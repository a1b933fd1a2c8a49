"""A file of marks, scored by a rule without any service running: what a secretary does who only has files."""
