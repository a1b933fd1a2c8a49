"""The season folder: checked as a whole, stored once, never in part."""
