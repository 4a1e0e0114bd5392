"""Desktops and a server in one process, on real services and real databases, with everything that goes wrong."""
