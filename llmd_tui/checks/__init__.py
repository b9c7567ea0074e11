"""Preflight and validation: each check proves one thing about Azure, the tools or the cluster."""
