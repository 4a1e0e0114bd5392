"""The desktop's half of sync."""
