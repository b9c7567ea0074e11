"""The engine of llmd-tui: from an answers file to llm-d serving on AKS. Never imports the screens."""

__version__ = "0.1.0"
