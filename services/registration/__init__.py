"""Registration 报名: who there is, what they may sign up for, who takes part, and under which code."""
