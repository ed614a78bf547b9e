"""The discovery team: what is meant, where it stands, what is missing, and asking again."""

from paperflow.agents.discovery.team import BUDGET, TeamDiscovery, discover_by_team

__all__ = ["BUDGET", "TeamDiscovery", "discover_by_team"]
