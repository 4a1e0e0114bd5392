"""Comparing texts: normalisation, hashing and, later, fuzzy matching. Pure: no Django."""
