"""Marking again (复评): judges who lie too far apart are asked to look again, each at the own marks only."""
