"""HTTP views of sync: the desktop's own, the peer's, and conflicts."""
