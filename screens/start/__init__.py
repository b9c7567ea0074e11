"""The screen that the program begins with."""
