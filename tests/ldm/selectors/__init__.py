"""Tests of what rows, views and searches are read."""
