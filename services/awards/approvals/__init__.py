"""Approvals 审定 by the leading body."""
