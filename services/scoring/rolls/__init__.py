"""Local copies of what registration sealed and opened: activities, divisions, rolls (名册)."""
