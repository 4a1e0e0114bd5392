"""Writes of sync that are neither the peer's nor the client's."""
