"""The uploaded season folder: the part of it that scoring owns."""
