"""One award list under way, from open to issued."""
