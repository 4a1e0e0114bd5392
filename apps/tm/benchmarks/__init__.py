"""Benchmarks of memories on real version histories; `manage.py bench value`."""
