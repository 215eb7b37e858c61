"""Forecasts and inventory policy in plain Python and numpy: arrays in, arrays out, no database."""
