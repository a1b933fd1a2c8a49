"""Tablets: enrolled by staff with a one-time code, taken in hand by a judge, heard of by the desk."""
