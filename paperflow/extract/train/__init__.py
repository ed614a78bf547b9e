"""Train the heads of `data/heads` anew: `python -m paperflow.extract.train NAME --data FOLDER`.

Needs the data sets named in each head's card, and scikit-learn for the sentence heads.
"""
