"""A Pulsewire testee: your implementation behind the control contract of the suite.

The first part is yours to fill in. The second part is the contract, complete: it reads one JSON
object a line from standard input and writes one a line to standard output. Logs belong on
standard error.
"""

import asyncio
import json
import os
import sys
import threading

# Claim what you have, and nothing else: what is not claimed is neither tested nor failed.
HELLO = {
    "contract": 1,
    "name": "my-peer",
    "version": "0.1.0",
    "language": "Python",
    "transports": ["tcp"],  # of "tcp", "ws", "grpc"
    "roles": ["dial", "listen"],
    "features": [],  # see docs/conformance.md
}


# ---- 1. Your implementation -----------------------------------------------------------------


class InvalidConfig(Exception):
    """Raise this for a configuration that the protocol forbids, before dialling or listening."""


class Connection:
    """One connection of your implementation; it calls `received` with each whole message."""

    def send(self, message: bytes) -> None:
        """Send a message without waiting for the network; raise ConnectionError once it has ended."""
        raise NotImplementedError("send")

    def read(self) -> None:
        """Deliver messages from now on; they wait until then if config["read"] is "paused"."""
        raise NotImplementedError("read")

    def close(self, code: int, reason: str) -> None:
        """Close with this code and reason; nothing happens if it has ended."""
        raise NotImplementedError("close")


async def dial(transport, host, port, config, received) -> Connection:
    """Connect, and return when the connection can be used; `received(connection, message)`."""
    raise NotImplementedError("not implemented")


async def listen(transport, config, accepted, received):
    """Listen on a free port of 127.0.0.1; `accepted(connection)` for each connection.

    Returns the port, and a function that frees it and lets go of all its connections.
    """
    raise NotImplementedError("not implemented")


# ---- 2. The control contract ----------------------------------------------------------------

OPTIONS = {
    "heartbeat_time_ms", "slack_ms", "floor_ms", "max_frame_bytes", "max_message_bytes",
    "first_frame_timeout_ms", "max_unread_bytes", "reply", "read", "stream",
}  # fmt: skip
OPTIONS_OF_FEATURES = {"always_beat": "always_beat", "peer_heartbeats": "optional_peers"}

connections: dict[str, Connection] = {}
listeners = {}  # by name: how to close it
tasks: set[asyncio.Task] = set()


class Unsupported(Exception):
    pass


def say(line):
    print(json.dumps(line), flush=True)


def start(coroutine):
    task = asyncio.create_task(coroutine)
    tasks.add(task)
    task.add_done_callback(tasks.discard)


def require_known(command):
    """Whoever says yes to what it does not know claims more than it has."""
    for what in ("transport", "role"):
        if command[what] not in HELLO[f"{what}s"]:
            raise Unsupported(f"no {what} {command[what]}")
    config = command["config"]
    for key in config:
        if key not in OPTIONS and OPTIONS_OF_FEATURES.get(key) not in HELLO["features"]:
            raise Unsupported(f"no option {key}")
    if config.get("reply") not in (None, "echo", "length"):
        raise Unsupported(f"no reply {config['reply']}")


async def send(connection, sending, repeat):
    message = sending["text"].encode() if "text" in sending else b"." * sending.get("bytes", 0)
    while repeat > 0:
        try:
            connection.send(message)
        except ConnectionError:
            return
        repeat -= 1
        if "every_ms" in sending and repeat > 0:
            await asyncio.sleep(sending["every_ms"] / 1000)


def answer_message(config):
    """What the application does with each message that it receives."""

    def received(connection, message):
        if config.get("reply") == "echo":
            connection.send(message)
        elif config.get("reply") == "length":
            connection.send(str(len(message)).encode())

    return received


def begin(name, connection, config):
    connections[name] = connection
    if "stream" in config:
        start(send(connection, config["stream"], float("inf")))


async def open_(command):
    require_known(command)
    name, config, transport = command["conn"], command["config"], command["transport"]
    received = answer_message(config)
    if command["role"] == "dial":
        address = command["address"]
        connection = await dial(transport, address["host"], address["port"], config, received)
        begin(name, connection, config)
        return {}
    count = 0

    def accepted(connection):
        nonlocal count
        count += 1
        say({"event": "open", "conn": f"{name}#{count}", "listener": name})
        begin(f"{name}#{count}", connection, config)

    port, listeners[name] = await listen(transport, config, accepted, received)
    return {"address": {"host": "127.0.0.1", "port": port}}


async def carry_out(command):
    name = command.get("conn")
    match command["cmd"]:
        case "hello":
            return HELLO
        case "open":
            return await open_(command)
        case "send" | "read" if name not in connections:
            raise ConnectionError(f"no connection {name}")
        case "send":
            sending = send(connections[name], command, command.get("repeat", 1))
            start(sending) if "every_ms" in command else await sending
        case "read":
            connections[name].read()
        case "close" if name in listeners:
            listeners.pop(name)()
        case "close" if name in connections:
            connections[name].close(command.get("code", 1), command.get("reason", ""))
        case "close":
            pass  # It is gone already, which is no error.
        case _:
            raise Unsupported(f"no command {command['cmd']}")
    return {}


async def answer(command):
    try:
        say({"id": command["id"], "ok": await carry_out(command)})
    except Exception as error:
        kinds = {Unsupported: "unsupported", InvalidConfig: "invalid"}
        kind = kinds.get(type(error), "failed")
        say({"id": command["id"], "err": kind, "why": str(error) or repr(error)})


async def main():
    loop, lines = asyncio.get_running_loop(), asyncio.Queue()

    def pump():
        for line in sys.stdin.buffer:
            loop.call_soon_threadsafe(lines.put_nowait, line)
        loop.call_soon_threadsafe(lines.put_nowait, None)

    threading.Thread(target=pump, daemon=True).start()
    while (line := await lines.get()) is not None:
        command = json.loads(line)
        if command["cmd"] == "bye":
            break
        start(answer(command))  # Each on its own: no command waits for another.
    sys.stdout.flush()
    os._exit(0)


asyncio.run(main())
