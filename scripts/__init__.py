"""The command line: run, test, check, bench, and the `liggare` command."""
