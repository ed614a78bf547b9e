"""Other addresses of services, as a user writes them: "arxiv=https://…, openalex=http://…"."""

from urllib.parse import urlsplit

from paperflow.errors import BadInput


def parse_mirrors(text: str) -> dict[str, str]:
    """Return address by name of service; raise BadInput for what can't be understood."""
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    mirrors = {name.strip(): address.strip() for name, _, address in pairs}
    for name, address in mirrors.items():
        if not name or not _is_address(address):
            raise BadInput(
                f"no mirror {name}={address}", hint="write arxiv=https://mirror.example, …"
            )
    return mirrors


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
