"""A division at the scorekeeper's desk: may it start, who has not marked, what waits for whom."""
