"""The hall screen."""
