"""What carries the protocol: HTTP, or a call in the same process."""
