"""Filling rows from memories as change sets: what is wanted, what is found, what is written."""
