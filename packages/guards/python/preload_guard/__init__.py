"""Notes, or refuses, what this process asks of the network. Loopback and local sockets are nobody's business.

The interpreter tells of it (`sys.addaudithook`), whatever library asks; what a library of C or Rust does by itself is not seen.
Nothing here may break the program: what fails in it is passed over.
"""

import _socket
import errno
import os
import sys
from _thread import _local

from .attempt import append, attempt_at, running_test
from .hosts import allowed_in, is_address, is_internet, is_local, port_number, text_of, where
from .hub import listen
from .urls import is_proxy, url_being_asked


class NetworkBlocked(ConnectionError):
    """What was asked for is not on this machine, and the network is blocked. Clients treat it as being offline."""


_started = []


def start(env):
    """From here on this process is watched, as PRELOAD_GUARD and PRELOAD_ATTEMPTS say. There is no way back.

    Another start may say something else. PRELOAD_ALLOW may change at any time: a test has hosts of its own.
    Those of them that PRELOAD_ALLOW_NOTED has as well are noted, as allowed, and not refused.
    """
    if _started:
        _started[0].obey(env)
        return
    guard = _Guard()
    guard.obey(env)
    guard.remember_names()
    _started.append(guard)
    hear = {
        "socket.getaddrinfo": lambda host, port, *_: guard.name(host, port),
        "socket.gethostbyname": lambda host: guard.name(host, None),
        "socket.gethostbyaddr": lambda host: guard.name(host, None, backwards=True),
        "socket.getnameinfo": lambda address: guard.name(address[0], None, backwards=True),
        "socket.connect": guard.connect,
        "socket.sendto": guard.send,
        "socket.sendmsg": guard.send,
    }
    here = _local()

    def hook(event, args):
        listener = hear.get(event)
        # What the guard itself asks, such as this machine's name, is no business of its own.
        if listener is None or getattr(here, "busy", False):
            return
        here.busy = True
        try:
            listener(*args)
        except NetworkBlocked:
            raise
        except Exception:
            pass
        finally:
            here.busy = False

    sys.addaudithook(hook)
    try:
        listen(lambda url: guard.note(url.host, url.port, url))
    except Exception:
        pass


class _Guard:
    def __init__(self):
        self.names = {}
        self.noted = set()

    def obey(self, env):
        self.blocks = env.get("PRELOAD_GUARD") == "block"
        self.attempts = env.get("PRELOAD_ATTEMPTS")
        self.env = env

    def remember_names(self):
        """Which name an address stands for: the interpreter tells what is asked, and not what was answered."""
        resolve = _socket.getaddrinfo

        def getaddrinfo(host, port, *args, **options):
            answers = resolve(host, port, *args, **options)
            name = text_of(host)
            if not is_address(name):
                self.names.update((answer[4][0], name) for answer in answers)
            return answers

        _socket.getaddrinfo = getaddrinfo

    def name(self, host, port, backwards=False):
        host = text_of(host)
        if backwards or not is_address(host):
            self.judge(host, port_number(port), url_being_asked(sys._getframe()))

    def connect(self, sock, address):
        if not is_internet(sock):
            return
        host, port = address[:2]
        url = url_being_asked(sys._getframe())
        if is_local(text_of(host)):
            # A proxy here may be asked for something that is elsewhere.
            if url is not None and is_proxy(port):
                self.judge(url.host, url.port, url)
        elif sock.type == _socket.SOCK_DGRAM and port not in (53, 443):
            # This sends nothing: it is how programs find their own address. It fails as it does where there is no network.
            self.refuse(host, port)
        else:
            self.address(host, port, url)

    def send(self, sock, address):
        if is_internet(sock) and address is not None:
            self.address(address[0], address[1], None)

    def address(self, host, port, url):
        """One that a name led to goes under that name, with which it was counted."""
        name = self.names.get(host, host)
        self.judge(name, port, url, again=name != host)

    def judge(self, host, port, url, again=False):
        if is_local(host):
            return
        is_allowed = self.is_in("PRELOAD_ALLOW", host, port)
        # What is below may refuse it all the same, and does not know the test.
        if is_allowed and not self.is_in("PRELOAD_ALLOW_NOTED", host, port):
            return
        known = (os.getpid(), host, running_test())
        if not (again and known in self.noted):
            self.noted.add(known)
            self.note(host, port, url if url is not None and url.host == host.lower() else None, is_allowed)
        if not is_allowed:
            self.refuse(host, port)

    def is_in(self, variable, host, port):
        return not allowed_in(self.env.get(variable)).isdisjoint((host.lower(), where(host, port).lower()))

    def note(self, host, port, url, is_allowed=False):
        try:
            if self.attempts:
                append(self.attempts, attempt_at(host, port, url, sys._getframe(), is_allowed))
        except Exception:
            # A full disk, a folder that is gone: it is refused all the same.
            pass

    def refuse(self, host, port):
        if self.blocks:
            advice = "If it is a model: preload add it, and load it by the name and revision that were added."
            text = "%s is not loopback, and the network is blocked. %s" % (where(host, port), advice)
            raise NetworkBlocked(errno.ENETUNREACH, text)
