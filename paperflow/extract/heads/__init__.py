"""Small heads over the frozen packaged encoder: each finds one kind of fact.

Their weights and cards lie in `data/heads`; `python -m paperflow.extract.train` makes them
again. Nothing here is imported before a head is used, because torch takes seconds to start.
"""
