"""What a knock at the socket makes of each kind of answer."""

import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lhcr.store.embedded.probe import Answer, knock
from lhcr.store.embedded.settings import DURABLE, configuration

STARTING = b"E\x00\x00\x00\x1aSFATAL\x00VFATAL\x00C57P03\x00Mthe database system is starting up\x00\x00"
TOO_MANY = b"E\x00\x00\x00\x1aSFATAL\x00VFATAL\x00C53300\x00Msorry, too many clients already\x00\x00"
WELCOME = b"R\x00\x00\x00\x08\x00\x00\x00\x00"


@contextmanager
def listener() -> Iterator[tuple[Path, socket.socket]]:
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as server:
        path = Path(folder, "s")
        server.bind(str(path))
        server.listen(1)
        yield path, server


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        (WELCOME, Answer.ACCEPTING),
        (TOO_MANY, Answer.ACCEPTING),
        (STARTING, Answer.NOT_NOW),
        (b"", Answer.NOT_NOW),
    ],
)
def test_a_reply_is_read_as_the_protocol_says(reply: bytes, answer: Answer) -> None:
    def answer_once(server: socket.socket) -> None:
        connection, _ = server.accept()
        with connection:
            connection.recv(4096)
            connection.sendall(reply)

    with listener() as (path, server):
        thread = threading.Thread(target=answer_once, args=(server,))
        thread.start()
        assert knock(path) is answer
        thread.join()


def test_one_who_listens_but_never_replies_is_not_ready() -> None:
    with listener() as (path, _):
        assert knock(path, patience=0.05) is Answer.NOT_NOW


def test_one_whose_queue_is_full_is_there() -> None:
    """Hazard: a second server started over the files of a busy one."""
    with listener() as (path, _):
        waiting = [socket.socket(socket.AF_UNIX) for _ in range(2)]
        for caller in waiting:
            caller.connect(str(path))
        assert knock(path, patience=0.05) is Answer.NOT_NOW
        for caller in waiting:
            caller.close()


def test_a_socket_that_nobody_listens_on_is_silent(tmp_path: Path) -> None:
    assert knock(tmp_path / "nothing") is Answer.SILENT
    with listener() as (path, server):
        server.close()
        assert knock(path) is Answer.SILENT


def test_a_quote_in_a_setting_stays_inside_it() -> None:
    assert configuration({"name": "it's"}).endswith("name = 'it''s'\n")
    assert "fsync = 'on'\n" in configuration(DURABLE)
