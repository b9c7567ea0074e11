"""The answers file: model, load, save, where each value came from, secret references."""
