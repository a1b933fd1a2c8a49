"""Free ports of the loopback interface. A taken port is never an error: another one is used and told."""

import random
import socket

FIRST, LAST = 20_000, 31_999
"""Below the range from which Linux takes ports of outgoing connections, so a port found free stays free."""


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether something could listen there now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def free_port(preferred: int | None = None) -> int:
    """`preferred` where it is free, else any free one."""
    if preferred and is_free(preferred):
        return preferred
    for _ in range(1000):
        port = random.randint(FIRST, LAST)
        if is_free(port):
            return port
    raise OSError("no free port on the loopback interface")
