"""People as award lists need them: read copies of what registration describes."""
