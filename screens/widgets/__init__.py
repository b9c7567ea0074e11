"""The widgets of the frame and the live panes."""
