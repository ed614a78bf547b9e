"""What a user learns from the library's graphs: missing links, sentiment, what to read next."""

from paperflow.learning.predict import (
    KEPT,
    Predicted,
    keep,
    predict_concepts,
    predict_links,
    recommend,
)
from paperflow.learning.sentiment import Cited, Mention, keep_sentiment, sentiment, sentiment_note
from paperflow.learning.stars import star, starred
from paperflow.learning.tasks import TASKS
from paperflow.learning.train import picture, train

__all__ = [
    "KEPT",
    "TASKS",
    "Cited",
    "Mention",
    "Predicted",
    "keep",
    "keep_sentiment",
    "picture",
    "predict_concepts",
    "predict_links",
    "recommend",
    "sentiment",
    "sentiment_note",
    "star",
    "starred",
    "train",
]
