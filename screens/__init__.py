"""The terminal screens. Thin: what they show is decided in llmd_tui."""
