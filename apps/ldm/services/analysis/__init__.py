"""How much of a text memories know: counts by band, rates, and tables of both."""
