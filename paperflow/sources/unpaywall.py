"""Unpaywall: where the open full text of a DOI is. Reference: unpaywall.org/products/api."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from paperflow.sources import fields
from paperflow.sources.status import SourceError
from paperflow.sources.web import Policy, Web

BASE = "https://api.unpaywall.org"
POLICY = Policy(interval=0.2)


class Unpaywall:
    """Open locations of articles; it wants the contact address of who asks."""

    def __init__(self, web: Web) -> None:
        self._contact = web.contact
        self._site = web.site("unpaywall", BASE, POLICY, secrets={"email": web.contact})

    def locations(self, doi: str) -> list[str]:
        """Return the addresses of open PDFs of a DOI, the best one first."""
        if not self._contact:
            raise SourceError("it wants a contact address: set PAPERFLOW_CONTACT",
                              status="unauthorized")  # fmt: skip
        return list(dict.fromkeys(_pdfs(self._site.call().find(f"/v2/{quote(doi, safe='/')}"))))


def _pdfs(answer: Any) -> Iterator[str]:
    best = fields.at(answer, "best_oa_location")
    for place in [best, *fields.items(answer, "oa_locations")]:
        if address := fields.text(place, "url_for_pdf"):
            yield address
