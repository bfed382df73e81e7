"""A load with real worker processes, without the command around it."""

from pathlib import Path

from lhcr.cli.load_process import LoadProcess
from lhcr.cli.load_progress import Quiet
from lhcr.ingest.crew import Crew
from lhcr.ingest.load import Summary, load
from lhcr.ingest.load_order import rank_files
from lhcr.ingest.source_file import find_files
from lhcr.kernel.settings import Settings
from lhcr.nhs.ods import OdsCode


def load_folder(folder: Path, dsn: str) -> Summary:
    work = LoadProcess(settings=Settings(), source=OdsCode("RRE"), source_name="")
    with Crew(work, size=2) as crew, crew.working(dsn):
        return load(rank_files(find_files([folder])), crew, watch=Quiet())
