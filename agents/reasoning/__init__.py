"""How two concepts may be joined: a model drafts, a critic attacks, every sentence is checked."""

from paperflow.agents.reasoning.team import reason

__all__ = ["reason"]
