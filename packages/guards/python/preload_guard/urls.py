"""What a program asks for over HTTP, read from the calls that are under way: within TLS nobody else can see it.

No client is changed for it, so an answer that a test makes up, and for which nothing connects, is no attempt.
"""

import os
from collections import namedtuple

Url = namedtuple("Url", "method host port path")


def url_being_asked(frame):
    """The URL of the nearest client among the callers, without its query; None where none is known."""
    while frame is not None:
        code = frame.f_code
        reader = READERS.get(code.co_name)
        if reader is not None and code.co_filename.replace(os.sep, "/").endswith(reader[0]):
            return parsed(*reader[1](frame.f_locals))
        frame = frame.f_back
    return None


def _request(names):
    return names["request"].method, names["request"].url


def _pool(names):
    """urllib3 by itself: the pool knows the host, unless the whole URL is asked of a proxy."""
    pool, url = names["self"], names["url"]
    return names.get("method"), url if "://" in url else "%s://%s:%s%s" % (pool.scheme, pool.host, pool.port, url)


def _opener(names):
    request = names.get("req") or names["fullurl"]
    url = request if isinstance(request, str) else request.full_url
    return "GET" if isinstance(request, str) else request.get_method(), url


def _connection(names):
    connection = names["self"]
    host, port = connection.host, connection.port
    # Through a proxy, the connection itself has the proxy's.
    if getattr(connection, "_tunnel_host", None):
        host, port = connection._tunnel_host, getattr(connection, "_tunnel_port", None) or 443
    scheme = "https" if port == 443 or hasattr(connection, "_context") else "http"
    url = names["url"]
    return names["method"], url if "://" in url else "%s://%s:%s%s" % (scheme, host, port, url)


# By the name of a function: the end of its file, and how to read its variables.
READERS = {
    "_send_single_request": ("/_client.py", _request),
    "send": ("requests/sessions.py", _request),
    "urlopen": ("urllib3/connectionpool.py", _pool),
    "open": ("urllib/request.py", _opener),
    "_send_request": ("http/client.py", _connection),
    "_request": ("aiohttp/client.py", lambda names: (names["method"], names["str_or_url"])),
}


def parsed(method, url):
    scheme, _, rest = str(url).partition("://")
    rest = rest.partition("#")[0].partition("?")[0]
    place, slash, path = rest.partition("/")
    host = place.rpartition("@")[2]
    name, _, port = host.rpartition(":") if not host.endswith("]") else (host, "", "")
    if not port.isdigit():
        name, port = host, {"https": 443, "http": 80}.get(scheme)
    return Url(str(method or "GET").upper(), name.strip("[]").lower(), port and int(port), slash + path or "/")


def is_proxy(port):
    """True when a variable makes the service on this port of loopback the way to the network."""
    return any(
        name.lower() in ("http_proxy", "https_proxy", "all_proxy") and value.rstrip("/").endswith(":%s" % port)
        for name, value in os.environ.items()
    )
