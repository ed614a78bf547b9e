"""The one way to the web: polite, bounded in time and size, cached, and never to private hosts."""

from paperflow.sources.web.call import Call, Site, Web
from paperflow.sources.web.clock import Clock
from paperflow.sources.web.policy import Policy

__all__ = ["Call", "Clock", "Policy", "Site", "Web"]
