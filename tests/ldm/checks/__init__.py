"""Tests of apps.ldm.checks and of keeping what the checks find."""
