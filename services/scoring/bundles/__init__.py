"""What may be shown of a sealed competition, in a form that anybody can check: three bundles with one root."""
