"""What the figures of the availability statement are read from."""

#: The steps of the statement, besides ``product`` and ``place``, that each figure is read from.
SOURCES = {
    "as_of": (),
    "qty_on_hand": ("stock",),
    "qty_reserved": ("stock",),
    "qty_free": ("stock",),
    "qty_blocked": ("stock",),
    "qty_consigned": ("stock",),
    "qty_soft_reserved": ("hold",),
    "qty_safety_stock": ("safety",),
    "qty_external": ("external",),
    "external_as_of": ("external",),
    "qty_available": ("stock", "hold", "safety", "external"),
    "qty_incoming": ("projection",),
    "qty_outgoing": ("projection",),
    "qty_forecast": ("stock", "projection"),
    "qty_in_transit": ("transit",),
    "qty_atp": ("projection", "opening", "safety"),
    "shortage_date": ("projection", "opening"),
    "next_receipt_date": ("projection",),
    "daily_demand": ("demand",),
}
#: The figures that the plain sums of what is planned suffice for, without its days.
SUMS = {"qty_incoming", "qty_outgoing", "qty_forecast"}
