"""Talks to itself in every way that is nobody's business, and prints what came back."""

import http.server
import json
import os
import socket
import tempfile
import threading
import urllib.request


class Hello(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *_):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Hello)
threading.Thread(target=server.serve_forever, daemon=True).start()
answer = urllib.request.urlopen("http://localhost:%d/" % server.server_port).read().decode()

# Gone when the program is.
folder = tempfile.TemporaryDirectory()
path = os.path.join(folder.name, "socket")
listener = socket.socket(socket.AF_UNIX)
listener.bind(path)
listener.listen(1)
socket.socket(socket.AF_UNIX).connect(path)

datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
datagrams.bind(("127.0.0.1", 0))
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"by datagram", datagrams.getsockname())
# How programs find the address of this machine, which is then asked for. On a machine without a network it is loopback.
own = socket.gethostbyname(socket.gethostname())
listening = socket.socket()
listening.bind((own, 0))
listening.listen(1)
socket.create_connection(listening.getsockname()).close()

print(
    json.dumps(
        [
            answer,
            datagrams.recv(99).decode(),
            socket.getaddrinfo("127.0.0.1", 80)[0][4][0],
            socket.getaddrinfo("192.0.2.1", 80)[0][4][0],
            bool(socket.getfqdn()),
        ]
    )
)
