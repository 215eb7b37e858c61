from . import test_promise, test_sourcing, test_watch
