"""The kinds of exceptions that this addon finds: one small class each."""

from .. import models  # what the classes here inherit has to be there before them
from . import (
    dead_stock,
    excess_stock,
    negative_stock,
    out_of_stock,
    overdue_receipt,
    overdue_transfer,
    oversold,
    phantom_stock,
    projected_stock_out,
    reserved_idle,
    stale_feed,
    stranded_transit,
    unusual,
    unusual_adjustment,
    unusual_demand,
)
