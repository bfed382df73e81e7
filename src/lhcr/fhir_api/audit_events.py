"""Reading and searching by what an AuditEvent is to whoever asks: an entry of the log to an office, one of the record to others."""

from lhcr.fhir_api.call import Call
from lhcr.fhir_api.log_search import asks_the_log, read_log, search_log
from lhcr.fhir_api.read import read
from lhcr.fhir_api.reply import Reply
from lhcr.fhir_api.search import search, search_by_post
from lhcr.fhir_api.services import Services


async def read_or_log(services: Services, call: Call) -> Reply:
    return await (read_log if asks_the_log(call) else read)(services, call)


async def search_or_log(services: Services, call: Call) -> Reply:
    return await (search_log(services, call, call.pairs) if asks_the_log(call) else search(services, call))


async def search_by_post_or_log(services: Services, call: Call) -> Reply:
    if not asks_the_log(call):
        return await search_by_post(services, call)
    return await search_log(services, call, (*call.pairs, *await call.content.pairs()))
