from . import test_hold, test_kit, test_promise, test_sourcing, test_watch
