"""The data: sizes, strategies, paths, releases, components, configs, scenarios. No code."""
