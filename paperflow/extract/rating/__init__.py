"""How a paper would be rated: what can be counted in its text, and a linear model of it.

The weights and their card are `data/heads/rating.*`; `python benchmarks/review.py --train` makes
them again and says what they are worth.
"""
