"""Timings that print ratios measured in one run; no test depends on them."""
