"""A gift wholesaler built from a real retailer's transactions, for `bin/demo` and the tests."""
