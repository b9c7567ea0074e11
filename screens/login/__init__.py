"""Logging in to Azure from the screens."""
