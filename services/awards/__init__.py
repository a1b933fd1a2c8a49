"""Awards 评选: programmes, ballots, award lists, public notices, approvals, decisions and certificates."""
