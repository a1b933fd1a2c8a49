"""The sealed results of a stage (成绩册)."""
