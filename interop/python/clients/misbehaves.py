"""Does what no client may, so that the suite is seen to notice."""

import logging
import socket
import subprocess
import warnings

from asked import answer_with, refused


def misbehave(how):
    if how == "connect":
        refused(socket.create_connection, ("192.0.2.1", 443), 5)
    if how == "look up":
        refused(socket.getaddrinfo, "example.invalid", 443)
    if how == "connect, below python":
        # Another program, which writes nothing down.
        connect = 'require("node:net").connect(443, "192.0.2.1").on("error", () => {})'
        subprocess.run(["node", "-e", connect], check=False)
    if how == "warn":
        warnings.warn("something is not as it should be")
    if how == "log":
        logging.getLogger("client").warning("something is not as it should be")
    return how


answer_with(misbehave)
