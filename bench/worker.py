"""One worker of the measured area: the whole application, listening beside its siblings on one port."""

import asyncio
import socket
import sys

import uvicorn

from lhcr.app import build_app
from lhcr.identity.tokens import Tokens
from lhcr.kernel.clock import SystemClock
from lhcr.kernel.settings import Settings
from lhcr.store.database import open_pool


async def _tokens(settings: Settings, dsn: str) -> Tokens:
    async with await open_pool(dsn) as pool:
        base = settings.base_url
        return await Tokens.open(pool, issuer=base, audience=f"{base}/fhir", clock=SystemClock())


def main() -> None:
    port, dsn = int(sys.argv[1]), sys.argv[2]
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 * 1024 * 1024)
    listening.bind(("127.0.0.1", port))
    settings = Settings(base_url=f"http://127.0.0.1:{port}")
    config = uvicorn.Config(
        build_app(settings, dsn, authenticate=asyncio.run(_tokens(settings, dsn)).verify),
        log_level="warning",
        access_log=False,
        loop="uvloop",
        http="httptools",
        lifespan="on",
    )
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
