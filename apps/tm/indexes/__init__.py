"""Index files of memories, and the readers of each process that keep them up to date."""
