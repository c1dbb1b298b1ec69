"""What a kernel sends reaches the grader, who is welcomed at any moment, and may be slow to read."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import zmq
from jupyter_client.session import Session

from autograder.sandbox.box import output

from .conftest import until


@pytest.fixture
def thread(tmp_path: Path) -> Iterator[output.OutputThread]:
    context = zmq.Context()
    running = output.OutputThread(context.socket(zmq.XPUB), session=Session())
    running.socket.bind(f"ipc://{tmp_path}/output")
    running.start()
    yield running
    running.io_loop.add_callback(running.io_loop.stop)
    running.thread.join()
    context.destroy()


def test_who_subscribes_while_something_is_sent_is_welcomed(thread):
    """zmq says once that there is something to read, and whatever is sent meanwhile takes that for itself."""
    subscriber = thread.socket.context.socket(zmq.SUB)

    def subscribe_and_send() -> None:
        subscriber.connect(thread.socket.last_endpoint)
        subscriber.subscribe(b"")
        time.sleep(0.2)  # zmq works in a thread of its own
        thread.socket.send_multipart([b"something"])

    thread.schedule(subscribe_and_send)
    assert subscriber.poll(5000) and subscriber.recv_multipart() == [b"something"]
    assert subscriber.poll(5000) and b"iopub_welcome" in b"".join(subscriber.recv_multipart())


def test_whoever_makes_more_messages_than_are_sent_waits(thread):
    go_on = threading.Event()
    thread.schedule(go_on.wait)
    send = threading.Thread(target=repeat, args=(2 * output.WAITING, lambda: thread.send_multipart([b"more"])))
    send.start()
    waits = until(lambda: len(thread._events) > output.WAITING) and send.is_alive()
    time.sleep(0.2)
    most = len(thread._events)
    go_on.set()
    send.join(10)
    assert waits and most == output.WAITING + 1
    assert not send.is_alive() and until(lambda: not thread._events)


def repeat(times: int, what: Callable[[], object]) -> None:
    for _ in range(times):
        what()


def test_nothing_is_lost_while_the_grader_does_something_else(kernel):
    request = kernel.send("from IPython.display import display\nfor _ in range(5_000): display('shown')")
    time.sleep(2)
    shown, state = 0, ""
    while state != "idle":
        message = kernel.wait(kernel.client.get_iopub_msg(), timeout=30)
        if message["parent_header"].get("msg_id") == request:
            shown += message["msg_type"] == "display_data"
            state = message["content"].get("execution_state")
    assert shown == 5_000
