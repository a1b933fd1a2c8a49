"""Three services that meet only on NATS: registration, scoring, awards."""
