"""What a user learns from the library's graphs: links that are missing, what to read next."""

from paperflow.learning.predict import Predicted, predict_links, recommend

__all__ = ["Predicted", "predict_links", "recommend"]
