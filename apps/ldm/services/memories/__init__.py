"""Memories in the tree: made, moved between places, used or not, trashed; what confirming a row does to them."""
