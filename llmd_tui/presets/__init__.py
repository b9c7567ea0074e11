"""Typed access to the data in the top-level presets folder."""
