from . import driver, labels, tracking
