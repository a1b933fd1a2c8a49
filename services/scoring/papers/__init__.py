"""Paper (纸质评分表): sheets that are filled by hand and typed in by two people who do not see each other's numbers."""
