"""Locking (锁定): closing a stage's sheets by the scorekeeper with the supervisor, and opening them again with a reason."""
