from . import test_promise
