"""The embedded size of the ground: a PostgreSQL of our own on a Unix socket, supervised for the demonstration and the tests.

The binaries come from a wheel; initialising, starting, adopting, stopping and crash handling are ours.
"""

from lhcr.store.embedded.server import EmbeddedPostgres as EmbeddedPostgres
from lhcr.store.embedded.server import default_data_dir as default_data_dir
from lhcr.store.embedded.state import State as State
from lhcr.store.embedded.state import Status as Status
