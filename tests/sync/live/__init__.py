"""The link of an open file: people, leases and typing of the server on a desktop, and the other way."""
