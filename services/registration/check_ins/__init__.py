"""Check-ins: who has come, and the presence list to print and sign."""
