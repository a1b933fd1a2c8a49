"""What at least two services use, and no business noun: events, database, web shell, exact numbers, time."""
