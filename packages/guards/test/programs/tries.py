"""Tries to get out in every way that Python's own library has, and prints a line of JSON with what became of each."""

import asyncio
import http.client
import json
import os
import socket
import subprocess
import sys
import urllib.request


def datagram(act):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        return act(sock)


def stream(family, address):
    with socket.socket(family, socket.SOCK_STREAM) as sock:
        return sock.connect(address)


def request(host):
    connection = http.client.HTTPSConnection(host)
    connection.request("HEAD", "/head?secret")


TRIES = {
    "urllib": lambda: urllib.request.urlopen("https://urllib.invalid/org/name/resolve/main/config.json?token=secret"),
    "http.client": lambda: request("client.invalid"),
    "create_connection": lambda: socket.create_connection(("192.0.2.1", 443), timeout=1),
    "connect": lambda: stream(socket.AF_INET, ("192.0.2.1", 80)),
    "ipv6": lambda: stream(socket.AF_INET6, ("2001:db8::1", 443)),
    "getaddrinfo": lambda: socket.getaddrinfo("names.invalid", "https"),
    "gethostbyname": lambda: socket.gethostbyname("byname.invalid"),
    "gethostbyaddr": lambda: socket.gethostbyaddr("192.0.2.1"),
    "sendto": lambda: datagram(lambda sock: sock.sendto(b"hello", ("192.0.2.1", 53))),
    "sendmsg": lambda: datagram(lambda sock: sock.sendmsg([b"hello"], [], 0, ("192.0.2.1", 53))),
    "asyncio": lambda: asyncio.run(asyncio.open_connection("asyncio.invalid", 443)),
}


def outcome(attempt):
    try:
        attempt()
    except OSError as error:
        reason = getattr(error, "reason", error)
        return "%s, is a ConnectionError: %s" % (type(reason).__name__, isinstance(reason, ConnectionError))
    return "went through"


outcomes = {name: outcome(attempt) for name, attempt in TRIES.items()}
in_child = "import socket\ntry: socket.create_connection(('child.invalid', 9))\nexcept OSError as e: print(type(e).__name__)"
child = subprocess.run([sys.executable, "-c", in_child], stdout=subprocess.PIPE, check=True).stdout.decode().strip()
outcomes["child"] = child + ", is a ConnectionError: True"
print(json.dumps(outcomes))
