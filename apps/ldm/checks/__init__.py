"""Checks of translations: codes read from texts, five checks of a row, findings with places. Pure: no Django."""
