"""Sockets of desktops: who follows which files in this process."""
