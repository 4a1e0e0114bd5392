"""Path converters: ids may be negative, because what is born offline gets ids below zero."""

from __future__ import annotations

from django.urls import register_converter


class SignedIntConverter:
    """`<signed:name>` in a path: a whole number with an optional minus sign."""

    regex = r"-?[0-9]{1,19}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(int(value))


def register() -> None:
    """Make `signed` known to `path()`. Registering twice is harmless and avoided."""
    from django.urls.converters import REGISTERED_CONVERTERS

    if "signed" not in REGISTERED_CONVERTERS:
        register_converter(SignedIntConverter, "signed")


register()
