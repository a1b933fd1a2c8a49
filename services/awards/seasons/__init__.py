"""The season folder as far as awards owns it: prize tiers, notices, approvals, commendations, programmes, roles."""
