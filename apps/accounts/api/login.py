"""Logging in and out, one's own account, its preferences, password and sessions."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts import page_sessions, selectors, services
from apps.accounts.api import serializers as shapes
from apps.accounts.authentication import REALM, open_before_password_change
from apps.accounts.models import LoginSession
from apps.accounts.network import client_ip
from apps.accounts.page_sessions import person_of
from locanext_project.errors import Invalid


def ip_of(request: Request) -> str:
    """The client's address, "" where it is unknown."""
    return client_ip(request.META, settings.TRUSTED_PROXIES) or ""


def current_session_id(request: Request) -> uuid.UUID | None:
    """The session this request came with."""
    return request.auth.pk if isinstance(request.auth, LoginSession) else None


def checked(shape: type[Any], request: Request) -> dict[str, Any]:
    """The request's data in the given shape. Raises ValidationError."""
    serializer = shape(data=request.data)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


class TokenView(APIView):
    """A view that needs no login because it gives or takes one; a 401 names the scheme all the same."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        if response.status_code == 401:
            response["WWW-Authenticate"] = REALM
        response["Cache-Control"] = "no-store"
        return response


@open_before_password_change
class LoginView(TokenView):
    """Log in a program."""

    @extend_schema(
        operation_id="auth_login",
        request=shapes.LoginInput,
        responses={
            200: shapes.TokensOutput,
            401: OpenApiResponse(description="The name and the password do not match."),
            429: OpenApiResponse(description="Too many failures; Retry-After says how long to wait."),
        },
        auth=[],
    )
    def post(self, request: Request) -> Response:
        data = checked(shapes.LoginInput, request)
        session = services.sign_in(
            username=data["username"],
            password=data["password"],
            kind=LoginSession.Kind.API,
            device=data["device"] or page_sessions.device_of(request._request),
            ip=ip_of(request),
        )
        return Response(shapes.present_tokens(services.issue_tokens(session=session)))


@open_before_password_change
class RefreshView(TokenView):
    """Exchange a refresh token for a new pair."""

    @extend_schema(
        operation_id="auth_refresh",
        request=shapes.RefreshInput,
        responses={200: shapes.TokensOutput, 401: OpenApiResponse(description="The login is over.")},
        auth=[],
    )
    def post(self, request: Request) -> Response:
        data = checked(shapes.RefreshInput, request)
        return Response(shapes.present_tokens(services.refresh(token=data["refresh"], ip=ip_of(request))))


@open_before_password_change
class LogoutView(APIView):
    """End the login this request came with, or that of a refresh token."""

    permission_classes = [AllowAny]

    @extend_schema(operation_id="auth_logout", request=shapes.LogoutInput, responses={204: None})
    def post(self, request: Request) -> Response:
        data = checked(shapes.LogoutInput, request)
        session_id = current_session_id(request)
        if session_id is not None:
            services.end_session(actor=person_of(request), session_id=session_id, ip=ip_of(request))
            if getattr(request._request, "login_session", None) is request.auth:
                page_sessions.log_out(request._request)
        elif data["refresh"]:
            services.end_session_of_token(token=data["refresh"], ip=ip_of(request))
        return Response(status=204)


@open_before_password_change
class MeView(APIView):
    """The person who asks."""

    @extend_schema(operation_id="auth_me", responses=shapes.MeOutput)
    def get(self, request: Request) -> Response:
        return Response(shapes.MeOutput(person_of(request)).data)


class PreferencesView(APIView):
    """One's own interface settings."""

    @extend_schema(
        operation_id="auth_me_preferences",
        request=OpenApiTypes.OBJECT,
        responses=OpenApiTypes.OBJECT,
        description="The body is merged into the settings, one level deep; null removes a key. Answers all settings.",
    )
    def patch(self, request: Request) -> Response:
        if not isinstance(request.data, dict):
            raise Invalid(_("Settings are one JSON object."))
        return Response(services.save_preferences(actor=person_of(request), changes=dict(request.data)))


@open_before_password_change
class PasswordView(APIView):
    """Change one's own password; every other login of the person ends."""

    @extend_schema(operation_id="auth_password", request=shapes.PasswordInput, responses={204: None})
    def post(self, request: Request) -> Response:
        data = checked(shapes.PasswordInput, request)
        services.change_password(
            actor=person_of(request),
            current=data["current"],
            new=data["new"],
            keep=current_session_id(request),
            ip=ip_of(request),
        )
        if getattr(request._request, "login_session", None) is request.auth is not None:
            update_session_auth_hash(request._request, person_of(request))
        return Response(status=204)


class SessionsView(APIView):
    """One's own logins."""

    @extend_schema(operation_id="auth_sessions_list", responses=shapes.SessionList)
    def get(self, request: Request) -> Response:
        sessions = selectors.sessions_of(person_of(request))
        context = {"current": current_session_id(request)}
        return Response({"results": shapes.SessionOutput(sessions, many=True, context=context).data})

    @extend_schema(operation_id="auth_sessions_end_others", responses=shapes.EndedOutput)
    def delete(self, request: Request) -> Response:
        """End every login but this one."""
        ended = services.end_other_sessions(
            actor=person_of(request), keep=current_session_id(request), ip=ip_of(request)
        )
        return Response({"ended": ended})


class SessionView(APIView):
    """One of one's own logins."""

    @extend_schema(operation_id="auth_session_end", responses={204: None})
    def delete(self, request: Request, session_id: uuid.UUID) -> Response:
        reason = "logout" if session_id == current_session_id(request) else "ended_elsewhere"
        services.end_session(actor=person_of(request), session_id=session_id, reason=reason, ip=ip_of(request))
        return Response(status=204)
