"""Checking rows, keeping what was found, and the rules of projects that the checks follow."""
