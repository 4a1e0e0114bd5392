"""Acts on many rows of a file: which rows, what becomes of each, and all of it as one change set."""
