"""Tests that reach out, or do not. None of these hosts exists, and none is reached."""

import socket
import subprocess
import sys
import threading
import unittest
import urllib.request

import pytest


def swallow(url):
    try:
        urllib.request.urlopen(url)
    except OSError:
        pass


def test_stays_here():
    server = socket.create_server(("127.0.0.1", 0))
    socket.create_connection(server.getsockname()).close()
    server.close()


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no such sockets here")
def test_uses_a_socket_of_this_machine(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind("here")
        server.listen()
        client.connect("here")


def test_swallows():
    swallow("https://huggingface.co/org/name/resolve/main/config.json?token=secret")


def test_skips_itself():
    try:
        urllib.request.urlopen("https://skipped.invalid/")
    except OSError:
        pytest.skip("there is no network")


def test_fails_of_it():
    urllib.request.urlopen("https://failed.invalid/")


def test_by_a_thread():
    thread = threading.Thread(target=swallow, args=["https://thread.invalid/"])
    thread.start()
    thread.join()


def test_by_a_child():
    program = "import urllib.request as u\ntry: u.urlopen('https://child.invalid/')\nexcept OSError: pass"
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.allow_hosts("allowed.invalid")
def test_may_ask_this_host():
    swallow("https://allowed.invalid/")


@pytest.mark.allow_hosts("allowed.invalid")
def test_may_not_ask_another_one():
    swallow("https://not-allowed.invalid/")


@pytest.fixture(scope="module")
def shared():
    swallow("https://shared.invalid/")


def test_first_with_the_fixture(shared):
    pass


@pytest.fixture
def late():
    yield
    swallow("https://teardown.invalid/")


def test_in_its_teardown(late):
    pass


class TestCase(unittest.TestCase):
    def test_of_a_case(self):
        swallow("https://case.invalid/")
