"""Orders as they were given: about whom one is, all about one person, and the note that one was released."""

from lhcr.access.decision import AccessDecision
from lhcr.kernel.errors import Conflict, Issue, NotFound
from lhcr.record.entry_order import ORDERS, GivenOrder, OpenOrder, Ordering, check_permits, read_orders
from lhcr.record.existing import absent


class GivenOrders:
    """Reads for one worker what orders stand."""

    def __init__(self, ordering: Ordering) -> None:
        self._ordering = ordering

    async def whose(self, order_id: str) -> int | None:
        """Return whom an order is about, to ask for a decision with; None where there is no such order."""
        found = await self._ordering.pool.fetch(ORDERS["orders_named"], order_id)
        return found[0]["person_id"] if found else None

    async def about_nobody(self, decision: AccessDecision) -> NotFound:
        """Return the refusal of an order about what is not here, which is in the log from now on."""
        await self._ordering.log_considered(decision, [])
        return NotFound([absent(decision.request.type or "order")])

    async def of(self, decision: AccessDecision) -> list[GivenOrder]:
        """Return every order about the person of a decision, the oldest first, those that were released too."""
        person_id = decision.request.person
        if not isinstance(person_id, int):
            return []
        check_permits(decision, person_id)
        return read_orders(await self._ordering.pool.fetch(ORDERS["orders_of_person"], person_id))


async def release_order(order: OpenOrder, ordering: Ordering) -> None:
    """Note when an order was released. Raises Conflict (`order-released`) where it was already."""
    row = await order.connection.fetchrow(
        ORDERS["release_order"], order.person_id, order.order_id, ordering.clock.now()
    )
    if row is None:
        diagnostics = "The order has been released already. Nothing was changed."
        raise Conflict([Issue(code="conflict", error="order-released", diagnostics=diagnostics)])
