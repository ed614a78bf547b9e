"""What a user asks: a question in words; how concepts are joined; what the hypergraph is like."""

from paperflow.answers.question import REFUSAL, ask

__all__ = ["REFUSAL", "ask"]
