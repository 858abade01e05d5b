"""``prices --recompute``: applies today's prices to everything that is stored."""

from __future__ import annotations

from contextlib import closing

from tui_monitor.cli.exit_status import OK, CommandError
from tui_monitor.cli.output import write_json, write_tables
from tui_monitor.cli.run_context import report_context, terminal_width
from tui_monitor.feed.enrich import EventPricing
from tui_monitor.reports.repricing import repricing_json, repricing_notes, repricing_table
from tui_monitor.store import Repricing, Store, StoreError


def recompute(store_path: str, *, is_dry: bool, as_json: bool) -> int:
    """Apply the price list and the user's own prices to a store, or with ``is_dry`` to a copy; print what changes.

    Raises:
        CommandError: the store cannot be used.
    """
    context = report_context()
    pricing = EventPricing(context.prices())
    try:
        with closing(context.open_store(store_path)) as store:
            repricing = _try(store, pricing) if is_dry else store.reprice(pricing)
    except StoreError as error:
        raise CommandError(str(error)) from None
    if as_json:
        write_json(repricing_json(repricing, is_dry=is_dry))
    else:
        notes = repricing_notes(repricing, is_dry=is_dry)
        write_tables([repricing_table(repricing)], notes, terminal_width(default=120))
    return OK


def _try(store: Store, pricing: EventPricing) -> Repricing:
    with closing(store.copy()) as copy:
        return copy.reprice(pricing)
