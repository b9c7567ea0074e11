"""Renderers of the one stream of events: plain lines, lines of JSON."""
