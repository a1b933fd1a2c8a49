"""Certificates 证书: issue, signature, check."""
