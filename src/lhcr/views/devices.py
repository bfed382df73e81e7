"""Devices and their use: a thing and the statement that somebody uses it are one row, in the section of the thing."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from lhcr.kernel.json_types import JsonObject
from lhcr.views.json_walk import object_of, text_of
from lhcr.views.names import Names
from lhcr.views.row import Cell, Row, Told

_USE = "DeviceUseStatement"


def device_of(resource: JsonObject, names: Names) -> JsonObject | None:
    """The device of which a statement of use speaks, where the record holds it."""
    if resource.get("resourceType") != _USE:
        return None
    return names.resolve(text_of(object_of(resource.get("device")).get("reference")), holder=resource)


def join_devices(rows: Sequence[Row], resources: Mapping[str, JsonObject], names: Names) -> list[Row]:
    """Put each device under the first statement of its use. Hazard: one walking frame read as two."""
    uses: dict[str, Row] = {}
    for row in rows:
        device = device_of(resources[row.reference], names) if row.kind == _USE else None
        if device is not None:
            uses.setdefault(f"Device/{device.get('id', '')}", row)
    held = {row.reference: row for row in rows if row.reference in uses}
    joined = {uses[reference].reference: _joined(uses[reference], row) for reference, row in held.items()}
    return [joined.get(row.reference, row) for row in rows if row.reference not in held]


def _joined(use: Row, device: Row) -> Row:
    return replace(use, origins=(*use.origins, *device.origins), tell=lambda: _told(use.told, device.told))


def _told(use: Told, device: Told) -> Told:
    cells = [Cell(cell.label, _both(cell.lines, _lines(device, cell.label)), cell.under) for cell in use.cells]
    return Told(tuple(cells), _both(use.detail, device.detail))


def _lines(told: Told, label: str) -> tuple[str, ...]:
    return next((cell.lines for cell in told.cells if cell.label == label), ())


def _both(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*one, *other)))
