"""Answers to desktops: JSON in one go, packed where the client takes it; and bytes as they come in."""

from __future__ import annotations

import gzip
import json
from typing import IO, Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework.parsers import BaseParser, JSONParser
from rest_framework.request import Request

from apps.accounts.authentication import bearer_of
from apps.sync.protocol import BLOB_BYTES
from locanext_project.errors import Invalid, TooLarge

PACKED_FROM = 4096
LEVEL = 1
"""The lowest: on the way from a server in the house, packing harder takes longer than sending."""


def answer(request: Request, data: Any) -> HttpResponse:
    """`data` as JSON."""
    body = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    response = HttpResponse(content_type="application/json")
    # Only for a token's holder: a page of another origin can make a browser ask, and learn from lengths.
    if len(body) >= PACKED_FROM and bearer_of(request._request) is not None and _takes_gzip(request):
        body = gzip.compress(body, LEVEL, mtime=0)
        response["Content-Encoding"] = "gzip"
    response["Vary"] = "Accept-Encoding, Authorization, Cookie"
    response.content = body
    return response


def _takes_gzip(request: Request) -> bool:
    return "gzip" in str(request.META.get("HTTP_ACCEPT_ENCODING", ""))


class EditsParser(JSONParser):
    """JSON with whatever texts: one that cannot be kept is one edit's trouble, and must not hold up the others."""

    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None) -> Any:
        """Raises ParseError and Invalid."""
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise Invalid(_("This JSON is nested too deep.")) from None


class BytesParser(BaseParser):
    """The body of a request as it is, BLOB_BYTES at the most."""

    media_type = "application/octet-stream"

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> Any:
        """Raises TooLarge."""
        data = stream.read(BLOB_BYTES + 1)
        if len(data) > BLOB_BYTES:
            raise TooLarge(_("A piece has at most %(most)s bytes.") % {"most": f"{BLOB_BYTES:,}"}, limit=BLOB_BYTES)
        return data
