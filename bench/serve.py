"""The measured area as it is served: the supervisor of the demonstration with two workers."""

import asyncio
import sys
from pathlib import Path

import uvloop

from lhcr.cli.serving.handover import Assignment
from lhcr.cli.serving.listener import listen
from lhcr.cli.serving.supervisor import Supervisor
from lhcr.kernel.settings import Settings

WORKERS = 2


async def serve(port: int, dsn: str, folder: Path) -> None:
    settings = Settings(base_url=f"http://127.0.0.1:{port}", area_name="Bench")
    supervisor = Supervisor(
        Assignment(dsn=dsn, settings=settings.model_dump()), workers=WORKERS, log=folder / "workers.log"
    )
    async with asyncio.TaskGroup() as group:
        group.create_task(supervisor.serve(listen("127.0.0.1", port)))
        await supervisor.ready()
        (folder / "workers").write_text(" ".join(map(str, supervisor.pids)), encoding="ascii")


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), sys.argv[2], Path(sys.argv[3])))
