"""What somebody who opens the sample company for the first time looks at."""

from __future__ import annotations


def what_to_look_at_first() -> list[str]:
    """Short instructions, in the order of the work. Needs neither Odoo nor the database."""
    texts = (
        """Inventory ▸ Visibility ▸ Dashboard: products × places by days of cover; a cell tells
        why. Availability opens on what is short, Exceptions on what needs a person.""",
        """Inventory ▸ Smart Reorder: proposals to buy (for the Central Warehouse) and to
        transfer (to the branches), each with forecast, quantity and reason. Accept some, and find
        the draft orders in Purchase and the transfers in Inventory.""",
        """Sales ▸ Orders, tag “Ready to ship”: open its delivery, put the goods in a pack,
        validate, and print the label.""",
        """Purchase ▸ Orders: open orders, some of them late; what Ningbo Harbour promises in
        35 days really takes longer.""",
        """Stock Valuation: the value of stock by place at any date, with its entries and
        documents; Closing has a month that was closed, reconciled and tested for write-downs.""",
        """Inventory ▸ Products ▸ Lots: candles and lip gloss with expiry dates, some near.""",
    )
    return [" ".join(text.split()) for text in texts]
