"""Confirmations (确认签字): a competition's award list is confirmed and signed, never voted on."""
