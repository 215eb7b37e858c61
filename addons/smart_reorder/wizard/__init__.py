from . import smart_reorder_enrol
