from . import (
    stock_availability_settings,
    stock_exception_resolve,
    stock_exception_snooze,
    stock_external_feed,
    stock_webhook_replay,
)
