"""Tests of apps.ldm.checks, the pure half."""
