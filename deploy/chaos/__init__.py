"""Breaks everything that can break in a hall while judges mark, and counts afterwards whether one mark was lost."""
