"""Drafts (草稿): what a judge has typed and not sent, kept for a replacing tablet."""
