"""The second implementation: `verify.py` is handed out, so nothing here may be imported by it or know a service."""
