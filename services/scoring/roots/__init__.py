"""The root (总校验码) of a competition: one short text that fixes every entry of every sealed chain."""
