"""The chosen configuration as files that work without this program."""
