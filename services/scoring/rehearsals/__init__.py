"""Rehearsals (演练): an invented division on the real tablets, out of reach of any season."""
