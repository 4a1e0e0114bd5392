"""Tests of keeping what the checks find, and of the rules that they follow."""
