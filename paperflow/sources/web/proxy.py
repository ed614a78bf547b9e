"""Which proxy the environment names for an address, read as curl and Go read it."""

from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from urllib.parse import SplitResult, urlsplit


def proxy_for(url: str, environment: Mapping[str, str]) -> str:
    """Return the address of the proxy for `url`, or "" where there is none.

    HTTP_PROXY or HTTPS_PROXY, by the scheme of `url`, then ALL_PROXY; names in small letters
    win. NO_PROXY lists hosts (with all names under them), networks, and "*"; a port may
    follow a host. This machine itself never has one.
    """
    parts = urlsplit(url)
    proxy = _told(f"{parts.scheme}_proxy", environment) or _told("all_proxy", environment)
    if not proxy or _is_here(parts.hostname or ""):
        return ""
    spared = _told("no_proxy", environment).split(",")
    if any(_names(rule.strip().lower(), parts) for rule in spared if rule.strip()):
        return ""
    return proxy if "://" in proxy else f"http://{proxy}"


def _told(name: str, environment: Mapping[str, str]) -> str:
    return (environment.get(name) or environment.get(name.upper()) or "").strip()


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _names(rule: str, parts: SplitResult) -> bool:
    """Tell whether a rule of NO_PROXY means this address."""
    host = parts.hostname or ""
    try:
        return ip_address(host) in ip_network(rule, strict=False)
    except ValueError:
        pass
    name, _, port = rule.rpartition(":") if rule.count(":") == 1 else (rule, "", "")
    if port and port != str(parts.port or {"http": 80, "https": 443}.get(parts.scheme)):
        return False
    name = name.removeprefix("*").lstrip(".")
    return not name or host == name or host.endswith(f".{name}")
