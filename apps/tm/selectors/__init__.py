"""What is asked of memories, entries and terms."""
