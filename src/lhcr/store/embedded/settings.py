"""The server's settings: durable, on a Unix socket alone, with nothing of a person in its log."""

from collections.abc import Mapping
from types import MappingProxyType

from lhcr.store.embedded.folder import PORT

ACCESS_RULES = "local all all trust\nlocal replication all trust\n"
"""pg_hba.conf: whoever can enter the socket's folder (mode 0700) is its owner or root; there is no other way in."""

CLUSTER_NAME = "lhcr-embedded"
"""By which whoever is connected can tell the embedded server from any other."""

_WAY_IN: Mapping[str, str] = {
    "listen_addresses": "",
    "port": str(PORT),
    # Relative to the cluster's folder, so that no path is too long for a socket.
    "unix_socket_directories": "../socket",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "cluster_name": CLUSTER_NAME,
}
_DURABILITY: Mapping[str, str] = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "wal_level": "replica",
    "wal_compression": "pglz",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "10min",
}
_TWO_CORES: Mapping[str, str] = {
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "max_locks_per_transaction": "256",
    "timezone": "UTC",
}
# Messages below FATAL can quote values, as can DETAIL, CONTEXT and STATEMENT lines: none of them reaches the log. The
# client that caused an error still receives all of it.
_LOG: Mapping[str, str] = {
    "logging_collector": "on",
    "log_directory": "../log",
    "log_filename": "postgresql-%a.log",
    "log_file_mode": "0600",
    "log_truncate_on_rotation": "on",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_lock_waits": "off",
    "log_temp_files": "-1",
    "log_autovacuum_min_duration": "-1",
}
_NOT_DURABLE: Mapping[str, str] = {"fsync": "off", "full_page_writes": "off"}

DURABLE: Mapping[str, str] = MappingProxyType({**_WAY_IN, **_DURABILITY, **_TWO_CORES, **_LOG})
FORGETFUL: Mapping[str, str] = MappingProxyType({**DURABLE, **_NOT_DURABLE})
"""For tests that are not about durability: faster, and a crash of the machine may lose everything."""


def configuration(settings: Mapping[str, str]) -> str:
    """Return the text of postgresql.conf."""
    quoted = ("{} = '{}'\n".format(name, value.replace("'", "''")) for name, value in settings.items())
    return "# Written by Open LHCR at each start: changes made here are lost.\n" + "".join(quoted)
