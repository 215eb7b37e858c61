"""What several models share: numbers between Odoo and the core, and the words for states."""

from decimal import Decimal

from ..core import tracking

TRACKING_STATES = [
    (tracking.PENDING, "Ready to Ship"),
    (tracking.PICKED_UP, "Picked Up"),
    (tracking.IN_TRANSIT, "In Transit"),
    (tracking.OUT_FOR_DELIVERY, "Out for Delivery"),
    (tracking.ATTEMPTED, "Delivery Attempted"),
    (tracking.READY_FOR_PICKUP, "Ready for Collection"),
    (tracking.DELIVERED, "Delivered"),
    (tracking.EXCEPTION, "Exception"),
    (tracking.DELAYED, "Delayed"),
    (tracking.ON_HOLD, "On Hold"),
    (tracking.RETURNED, "Returned"),
    (tracking.CANCELLED, "Cancelled"),
    (tracking.UNKNOWN, "Unknown"),
]


def to_decimal(value, digits=6):
    """The decimal that a float stands for: what it shows at ``digits`` places, not its binary."""
    return Decimal(f"{value or 0.0:.{digits}f}").normalize() + 0
