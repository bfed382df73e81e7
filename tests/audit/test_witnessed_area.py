"""An area that runs hands its signed heads to the folders of its settings."""

import asyncio
from pathlib import Path

from lhcr.app import build_app
from lhcr.audit.verify import verify_log
from lhcr.audit.witness_head import read_witness_path
from lhcr.kernel.settings import Settings
from lhcr.store.database import Pool


async def test_a_running_area_signs_heads_and_hands_them_to_its_witnesses(
    database: str, pool: Pool, tmp_path: Path
) -> None:
    one, gone = tmp_path / "one", tmp_path / "gone"
    one.mkdir()
    worker = build_app(Settings(witnesses=f"{one}:{gone}"), database)
    async with worker.pages.router.lifespan_context(worker.pages):
        for _ in range(100):
            if list(one.rglob("*.head")):
                break
            await asyncio.sleep(0.05)
        verdict = await verify_log(pool, witnessed=read_witness_path(one))
    assert verdict.defects == ()
    assert verdict.signed_heads >= 1
    assert not gone.exists()
