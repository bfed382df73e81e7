"""Settings: what an operator decides for one running area, from environment variables `LHCR_*` or a `.env` file."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

MEBIBYTE = 1024 * 1024


class Settings(BaseSettings):
    """Read once when a command starts and passed in; nothing reads the environment again."""

    model_config = SettingsConfigDict(env_prefix="LHCR_", env_file=".env", extra="ignore", frozen=True)

    database_url: str = Field(default="", description="PostgreSQL 15 or later; empty: the embedded one in data_dir")
    data_dir: str = Field(default="", description="The embedded database's folder")
    base_url: str = Field(default="http://127.0.0.1:8000", description="The address under which people reach this area")
    tls_terminated: bool = Field(
        default=False,
        description="Whether what reaches this area came over TLS, which a proxy in front of it ends; lhcr serve asks for it",
    )
    proxies: str = Field(
        default="",
        description="Addresses or networks of the proxies whose word is taken on where a request came from, with commas between",
    )
    area_name: str = Field(default="Open LHCR", description="What the area calls itself, on pages and in the log")
    largest_body: int = Field(default=50 * MEBIBYTE, gt=0, description="Bytes of the largest body that is read")
    bodies_in_memory: int = Field(
        default=50 * MEBIBYTE, gt=0, description="Bytes of large bodies that one worker holds at once"
    )
    most_values: int = Field(
        default=500_000,
        gt=0,
        description="Members and items that one body may hold; larger ones come as several Bundles or by lhcr load",
    )
    most_resource_values: int = Field(
        default=100_000, gt=0, description="Members and items of one resource; larger ones come by lhcr load"
    )
    most_entries: int = Field(
        default=5_000, gt=0, description="Entries that one Bundle may hold; more come as several or by lhcr load"
    )
    pool_size: int = Field(default=8, gt=0, description="Connections of one worker for the record")
    side_pool_size: int = Field(default=5, gt=0, description="Connections of one worker for the gate and the log")
    longest_wait: float = Field(
        default=10.0, gt=0, description="Seconds that a request waits for a connection to the database that is free"
    )
    look_seconds: float = Field(
        default=20.0, gt=0, description="Seconds between two looks at whether callers still read and send"
    )
    slowest_line: int = Field(
        default=8_192, gt=0, description="Bytes a second; who reads or sends more slowly is cut off"
    )
    traces_a_minute: int = Field(
        default=30, gt=0, description="Searches for a person that one asker may make in a minute"
    )
    witnesses: str = Field(
        default="",
        description="Folders that others keep, with : between them; each is given a signed head of the audit log every minute",
    )
    log_requests: bool = Field(
        default=False, description="Whether each request is logged, by the template of its route"
    )
    staff_issuer: str = Field(
        default="", description="The issuer of NHS CIS2, by which staff sign in; empty: they do not"
    )
    staff_client_id: str = Field(default="", description="The name under which NHS CIS2 knows this area")
    staff_key_file: str = Field(
        default="", description="The file of the private key whose public half NHS CIS2 knows: a JSON Web Key, or PEM"
    )
    staff_scopes: str = Field(
        default="openid profile nationalrbacaccess associatedorgs",
        description="What NHS CIS2 is asked to tell of staff",
    )
    staff_acr_values: str = Field(
        default="AAL2_OR_AAL3_ANY", description="How strongly NHS CIS2 is asked to have staff prove who they are"
    )
    staff_level_claim: str = Field(
        default="authentication_assurance_level", description="The claim by which NHS CIS2 says how strongly they did"
    )
    staff_max_age: int = Field(
        default=43_200, gt=0, description="Seconds since staff proved to NHS CIS2 who they are, at most"
    )
    staff_organisations: str = Field(
        default="",
        description="ODS codes of those whose staff may sign in, with spaces between; empty: of those that contribute to the record",
    )
    oversight_organisation: str = Field(
        default="",
        description="ODS code of the organisation whose privacy office is told in the log of attacks on signing in",
    )
    citizen_issuer: str = Field(
        default="", description="The issuer of NHS login, by which citizens sign in; empty: they do not"
    )
    citizen_client_id: str = Field(default="", description="The name under which NHS login knows this area")
    citizen_key_file: str = Field(
        default="", description="The file of the private key whose public half NHS login knows: a JSON Web Key, or PEM"
    )
    citizen_scopes: str = Field(
        default="openid profile profile_extended", description="What NHS login is asked to tell of citizens"
    )
    citizen_max_age: int = Field(
        default=3_600, gt=0, description="Seconds since a citizen proved to NHS login who they are, at most"
    )

    @property
    def fhir_base(self) -> str:
        return f"{self.base_url.rstrip('/')}/fhir"
