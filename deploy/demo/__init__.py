"""Plays a season folder through the public HTTP interfaces, signed in as its users, and checks that nothing was lost."""
