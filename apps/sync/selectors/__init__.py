"""Reads of sync."""
