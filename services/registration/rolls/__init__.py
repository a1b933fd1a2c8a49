"""Rolls: who takes part under which code, sealed per division and stage, opened by two."""
