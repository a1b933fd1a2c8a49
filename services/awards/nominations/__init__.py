"""Nominations (推荐): which branch stands for a programme, within its stratum's quota."""
