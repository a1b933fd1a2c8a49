"""Activities, their divisions, and the rules of their sign-up."""
