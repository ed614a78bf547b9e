"""Commands: each parses, calls one function, and prints."""
