"""Heads of scoring's ledgers, kept as witnesses: a rewritten ledger contradicts them."""
