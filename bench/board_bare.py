"""The bare parts of a tap, in one process: a commit, a hop through NATS, and the same bytes written to every open socket.

Each connection says in one line what it is: `tap` (each further line is a tap) or `screen` (it is written to).
"""

import asyncio
import sys
from pathlib import Path

import asyncpg
import uvloop
from nats.aio.client import Client
from nats.aio.msg import Msg


async def serve(port: int, database_url: str, nats_url: str, seed_file: Path, size: int, service: str) -> None:
    screens: set[asyncio.StreamWriter] = set()
    frame = b"event: frame\ndata: " + b"x" * max(0, size - 21) + b"\n\n"
    database = await asyncpg.connect(database_url)
    await database.execute("CREATE TABLE IF NOT EXISTS bare_taps (id int PRIMARY KEY, taps int NOT NULL)")
    await database.execute("INSERT INTO bare_taps VALUES (1, 0) ON CONFLICT DO NOTHING")
    client = Client()
    await client.connect(nats_url, nkeys_seed=str(seed_file), inbox_prefix=f"_INBOX_{service}".encode(), pending_size=0)

    async def heard(_: Msg) -> None:
        for screen in screens:
            screen.write(frame)

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if await reader.readline() == b"screen\n":
            screens.add(writer)
            writer.write(frame)
            await reader.read()
            screens.discard(writer)
        while await reader.readline():
            await database.execute("UPDATE bare_taps SET taps = taps + 1 WHERE id = 1")
            await client.publish(f"live.{service}.bench", frame)

    await client.subscribe(f"live.{service}.bench", cb=heard)
    server = await asyncio.start_server(connected, "127.0.0.1", port, backlog=2048)
    print("ready", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    PORT, DATABASE, NATS, SEED, SIZE, SERVICE = sys.argv[1:]
    uvloop.run(serve(int(PORT), DATABASE, NATS, Path(SEED), int(SIZE), SERVICE))
