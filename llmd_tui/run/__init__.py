"""Carries a plan out: scheduler, executors of the actions, journal, resume."""
