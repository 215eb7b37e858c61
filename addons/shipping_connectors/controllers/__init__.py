from . import disputes, driver, labels, returns, tracking, webhook
