"""One module for each command of the command line: `run(arguments)` does it and returns the exit code."""
