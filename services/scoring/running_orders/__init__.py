"""The running order (出场序号) in the hall: swapped by two people, called, late, absent (弃权)."""
