"""Free ports of the loopback interface. A taken port is never an error: another one is used and told.

Between choosing a port and listening on it another installation could choose the same; so a chosen port is claimed by
a lock on a file, which the operating system lets go when this process ends, however it ends.
"""

import fcntl
import os
import random
import socket
import tempfile
from pathlib import Path
from typing import IO

FIRST, LAST = 20_000, 31_999
"""Below the range from which Linux takes ports of outgoing connections, so a port found free stays free."""
_claims: dict[int, IO[str]] = {}


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
    """`preferred` where it is free, else any free one; no other installation of this user gets it meanwhile."""
    if preferred and is_free(preferred) and (preferred in _claims or _claim(preferred)):
        return preferred
    for _ in range(1000):
        port = random.randint(FIRST, LAST)
        if _claim(port) and is_free(port):
            return port
    raise OSError("no free port on the loopback interface")


def _claim(port: int) -> bool:
    folder = Path(tempfile.gettempdir()) / f"laurel-ports-{os.getuid()}"
    folder.mkdir(exist_ok=True)
    lock = (folder / str(port)).open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        return False
    _claims[port] = lock
    return True
