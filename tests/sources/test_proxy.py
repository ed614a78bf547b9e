"""Proxies: which one the environment names, and that it is asked and told no more than it may."""

from dataclasses import replace

import pytest

from paperflow.sources import SourceError
from paperflow.sources.web.proxy import proxy_for
from tests.sources.loopback import Reply
from tests.sources.net import GOOD

HTTPS, HTTP = "https://api.example.org/a", "http://api.example.org/a"


@pytest.mark.parametrize(
    ("url", "environment", "proxy"),
    [
        (HTTPS, {}, ""),
        (HTTPS, {"HTTPS_PROXY": "http://p:1"}, "http://p:1"),
        (HTTPS, {"HTTPS_PROXY": "http://p:1", "https_proxy": "q:2"}, "http://q:2"),
        (HTTPS, {"HTTP_PROXY": "http://p:1"}, ""),
        (HTTP, {"HTTP_PROXY": "http://p:1"}, "http://p:1"),
        (HTTP, {"ALL_PROXY": "http://p:1"}, "http://p:1"),
        ("http://127.0.0.1:8/", {"HTTP_PROXY": "http://p:1"}, ""),
        ("http://localhost/", {"HTTP_PROXY": "http://p:1"}, ""),
        ("http://[::1]:8/", {"HTTP_PROXY": "http://p:1"}, ""),
    ],
)
def test_the_environment_names_the_proxy(url, environment, proxy):
    assert proxy_for(url, environment) == proxy


@pytest.mark.parametrize(
    ("rule", "url", "spared"),
    [
        ("example.org", HTTPS, True),
        (".example.org", HTTPS, True),
        ("*.example.org", HTTPS, True),
        ("other.net, API.example.org", HTTPS, True),
        ("ample.org", HTTPS, False),
        ("example.org:443", HTTPS, True),
        ("example.org:80", HTTPS, False),
        ("*", HTTPS, True),
        ("", HTTPS, False),
        ("10.0.0.0/8", "https://10.1.2.3/", True),
        ("10.0.0.0/8", HTTPS, False),
        ("2001:db8::/32", "https://[2001:db8::1]/", True),
    ],
)
def test_no_proxy_spares_hosts_with_all_under_them_and_networks(rule, url, spared):
    environment = {"ALL_PROXY": "http://p:1", "NO_PROXY": rule}
    assert (proxy_for(url, environment) == "") is spared


def behind(there, scheme="http", user="", host="service.example"):
    """Return a way to the web through the server of `there`, and a site that lies beyond it."""
    proxy = there.server.url.replace("://", f"://{user}")
    environment = {"HTTP_PROXY": proxy, "HTTPS_PROXY": proxy}
    web = replace(there.web, environment=environment, mirrors={}, resolve=no_such_name)
    return web.site("beyond", f"{scheme}://{host}", there.policy)


def no_such_name(host, port):
    """Know this machine and no name, as behind a proxy that alone knows the names."""
    if not host.replace(".", "").isdigit():
        raise OSError("no such name")
    return [host]


def test_a_proxy_is_asked_instead_of_the_service(net):
    there = net(GOOD)
    assert behind(there, user="me:p%40ss@").call().json("/thing") == {"answer": 42}
    seen = there.server.seen[0]
    assert (seen.headers["host"], seen.path) == ("service.example", "/thing")
    assert seen.headers["proxy-authorization"] == "Basic bWU6cEBzcw=="


def test_a_proxy_that_leads_nowhere_is_named_and_not_asked_again(net):
    there = net(Reply(407))
    with pytest.raises(SourceError, match=r"the proxy refuses to lead there \(407") as caught:
        behind(there, "https", user="me:secret@").call().json("/thing")
    assert "secret" not in str(caught.value)
    assert [(seen.method, seen.headers["host"]) for seen in there.server.seen] == [
        ("CONNECT", "service.example:443")
    ]


def test_a_proxy_that_does_not_answer_is_named(net):
    there = net(Reply(silent=True))
    with pytest.raises(SourceError, match="through the proxy"):
        behind(there).call().json("/thing")


@pytest.mark.parametrize("host", ["10.0.0.7", "169.254.169.254"])
def test_a_proxy_is_not_sent_to_a_private_place(net, host):
    there = net(GOOD)
    with pytest.raises(SourceError, match="not public"):
        behind(there, host=host).call().json("/thing")
    assert there.asked == 0


def test_a_proxy_of_another_kind_is_named_without_its_password(net):
    there = net(GOOD)
    web = replace(there.web, environment={"ALL_PROXY": "socks5://me:secret@p:1"}, mirrors={})
    with pytest.raises(SourceError, match="write http://host:port") as caught:
        web.site("beyond", "https://service.example", there.policy).call().json("/thing")
    assert "secret" not in str(caught.value)
