class ProcurementMemo:
    """What Odoo asks anew for each procurement of a batch, although the answer stays the same.

    It travels in the context, as :data:`KEY`, for as long as the batch is ordered.
    """

    KEY = "smart_reorder_memo"

    def __init__(self):
        self.rules = {}  # found by routes, warehouse and what of a product decides
        self.has_distributions = None  # of analytic accounts; None: not asked yet
