"""Is it a power law, and of what exponent: fit, test, comparison, interval, and picture."""
