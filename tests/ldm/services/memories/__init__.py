"""Memories in the tree."""
