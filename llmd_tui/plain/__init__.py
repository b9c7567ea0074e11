"""The wizard's questions line by line, for dumb terminals and screen readers. The same draft, the same config."""
