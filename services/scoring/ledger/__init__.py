"""The ledger (评分账本): one append-only chain per division, the source of truth of scoring."""
