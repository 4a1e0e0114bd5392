"""Benchmarks that print tables of ratios measured within one run; `manage.py bench NAME`."""
