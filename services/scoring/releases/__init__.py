"""What is released to the hall, and the desk that decides it."""
