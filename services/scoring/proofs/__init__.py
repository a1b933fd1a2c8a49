"""What a seal stated, each with its path to the root; and of that, what everybody may have."""
