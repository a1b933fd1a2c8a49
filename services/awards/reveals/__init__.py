"""Ceremonies (颁奖揭晓): the reveal script of a signed prize list, its presenter's console and its hall screens."""
