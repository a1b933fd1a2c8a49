"""What at least two services use and no business noun: the event codec, outbox and inbox, database, web shell, exact numbers, time."""
