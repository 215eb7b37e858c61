from . import smart_reorder_enrol, smart_reorder_reject
