"""Taking everything away again."""
