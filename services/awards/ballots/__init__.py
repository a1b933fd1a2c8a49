"""Ballots (无记名投票): the committee's secret vote on who gets the seats of each stratum."""
