"""Model servers and router of a well-lit path, made from presets for a size, a model and a number of nodes."""
