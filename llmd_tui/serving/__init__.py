"""The endpoint of a finished rollout: the way in, and requests through it."""
