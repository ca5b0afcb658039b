"""Which hosts are this machine's own, and how a host and its port are written."""

import _socket

LOCAL_NAMES = ("", "localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback", "0.0.0.0", "::")


def is_local(host):
    """True for loopback and for this machine, by name or address: what goes there leaves nothing."""
    name = host.lower().rstrip(".")
    if name in LOCAL_NAMES or name.endswith(".localhost"):
        return True
    if is_address(name):
        packed = name.split("%")[0]
        packed = packed[7:] if packed.startswith("::ffff:") else packed
        return packed == "::1" or packed.startswith("127.") or is_own_address(packed)
    own = _socket.gethostname().lower()
    return name == own or name.startswith(own + ".")


# For documentation: no machine has them.
NOBODYS = {_socket.AF_INET: "198.51.100.255", getattr(_socket, "AF_INET6", None): "2001:db8:ffff::ff"}


def is_own_address(address):
    """
    No list of them is to be had; but a service can only be at an address of this machine. Where the network is cut,
    every address is, and says nothing: there PRELOAD_ALLOW has the list.
    """
    family = _socket.AF_INET6 if ":" in address else _socket.AF_INET
    return can_serve_at(family, address) and not can_serve_at(family, NOBODYS[family])


def can_serve_at(family, address):
    sock = _socket.socket(family, _socket.SOCK_STREAM)
    try:
        sock.bind((address, 0))
        return True
    except OSError:
        return False
    finally:
        sock.close()


def is_address(host):
    for family in (_socket.AF_INET, getattr(_socket, "AF_INET6", None)):
        try:
            _socket.inet_pton(family, host.split("%")[0])
            return True
        except (OSError, TypeError, ValueError):
            pass
    return False


def is_internet(sock):
    return sock.family in (_socket.AF_INET, getattr(_socket, "AF_INET6", None))


def text_of(host):
    if host is None:
        return ""
    return host.decode("ascii", "replace") if isinstance(host, (bytes, bytearray)) else str(host)


def port_number(port):
    """Of a number, of digits, or of the name of a service."""
    port = text_of(port)
    if port.isdigit():
        return int(port) or None
    return {"http": 80, "https": 443, "domain": 53}.get(port)


def where(host, port):
    if port is None:
        return host
    return "[%s]:%s" % (host, port) if ":" in host else "%s:%s" % (host, port)


def allowed_in(text):
    """PRELOAD_ALLOW: hosts, or host:port, with commas between them."""
    return {host.strip().lower() for host in (text or "").split(",") if host.strip()}
