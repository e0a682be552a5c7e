"""What runs for every few letters: settle those that were accepted, hand over the next ones, in one transaction.

It uses the driver itself: with so little to do at a time, SQLAlchemy's part would be as large as the database's.
"""

from datetime import datetime

from sqlalchemy import Connection

from newsletter_service.delivery.ledger.claims import claimed_rows
from newsletter_service.delivery.ledger.rows import Accepted, Chosen, Exchanged, Wanted
from newsletter_service.delivery.ledger.sql import sql_of


def exchange(
    connection: Connection, worker: str, accepted: Accepted, wanted: Wanted | Chosen | None, now: datetime
) -> Exchanged:
    """Settles letters that the server accepted, and hands over what is `wanted`.

    The connection is in no transaction. Handed over are due rows that nobody has, or those that were chosen, of a
    mailing that is not paused: no two workers get the same one, and an expired one gets none.
    Raises the driver's own errors.
    """
    sql, driver = sql_of(connection), connection.connection.driver_connection
    if isinstance(wanted, Chosen):
        settled, may_go = sql.exchange_chosen(driver, worker, accepted, wanted, now)
        return Exchanged(settled, [row for row in wanted.rows if row.delivery_id in may_go], None)
    settled, found = sql.exchange_next(driver, worker, accepted, wanted, now)
    return Exchanged(settled, *claimed_rows(found))
