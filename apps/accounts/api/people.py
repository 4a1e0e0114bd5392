"""Managing accounts: for leads and admins."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts import selectors, services
from apps.accounts.api import serializers as shapes
from apps.accounts.api.login import checked
from apps.accounts.models import Role, User
from apps.accounts.page_sessions import person_of
from locanext_project.api.paging import page
from locanext_project.errors import Invalid

ORDER = ("username_key", "id")
ID = OpenApiParameter("user_id", OpenApiTypes.INT64, OpenApiParameter.PATH)


class IsLead(BasePermission):
    """Leads and admins."""

    message = gettext_lazy("Accounts are managed by leads and admins.")

    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.user, User) and request.user.is_lead


def present(user: User) -> dict[str, Any]:
    """The JSON of an account."""
    return dict(shapes.UserOutput(user).data)


class PeopleView(APIView):
    """Every account."""

    permission_classes = [IsAuthenticated, IsLead]

    @extend_schema(
        operation_id="users_list",
        parameters=[
            OpenApiParameter("search", str, description="Part of a name, mail or team."),
            OpenApiParameter("role", str, enum=Role.values),
            OpenApiParameter("active", bool),
            OpenApiParameter("limit", int),
            OpenApiParameter("cursor", str),
        ],
        responses=shapes.UserPage,
    )
    def get(self, request: Request) -> Response:
        params = request.query_params
        role, active = params.get("role", ""), params.get("active", "")
        if role and role not in Role.values:
            raise Invalid(_("role is one of %(choices)s.") % {"choices": ", ".join(Role.values)}, field="role")
        if active not in ("", "true", "false"):
            raise Invalid(_("active is true or false."), field="active")
        people = selectors.people_query(
            search=params.get("search", ""), role=role, active=None if not active else active == "true"
        )
        return Response(page(request, people, ORDER, present))

    @extend_schema(operation_id="users_create", request=shapes.UserInput, responses={201: shapes.NewPasswordOutput})
    def post(self, request: Request) -> Response:
        user, password = services.create_user(actor=person_of(request), **checked(shapes.UserInput, request))
        return _with_password(user, password, 201)


class PersonView(APIView):
    """One account. Leads and admins see every one, other people their own."""

    @extend_schema(operation_id="users_read", parameters=[ID], responses=shapes.UserOutput)
    def get(self, request: Request, user_id: str) -> Response:
        return Response(present(_visible(request, user_id)))

    @extend_schema(
        operation_id="users_change", parameters=[ID], request=shapes.UserChanges, responses=shapes.UserOutput
    )
    def patch(self, request: Request, user_id: str) -> Response:
        user = _visible(request, user_id)
        changes = checked(shapes.UserChanges, request)
        return Response(present(services.update_user(actor=person_of(request), user_id=user.pk, changes=changes)))


class ResetPasswordView(APIView):
    """A new temporary password; the person's logins end."""

    permission_classes = [IsAuthenticated, IsLead]

    @extend_schema(
        operation_id="users_reset_password", parameters=[ID], request=None, responses=shapes.NewPasswordOutput
    )
    def post(self, request: Request, user_id: str) -> Response:
        user, password = services.reset_password(actor=person_of(request), user_id=int(user_id))
        return _with_password(user, password, 200)


class EndSessionsView(APIView):
    """End every login of a person."""

    permission_classes = [IsAuthenticated, IsLead]

    @extend_schema(operation_id="users_end_sessions", parameters=[ID], request=None, responses=shapes.EndedOutput)
    def post(self, request: Request, user_id: str) -> Response:
        return Response({"ended": services.end_sessions_of(actor=person_of(request), user_id=int(user_id))})


class DeactivateView(APIView):
    """No further logins; the present ones end."""

    permission_classes = [IsAuthenticated, IsLead]

    @extend_schema(operation_id="users_deactivate", parameters=[ID], request=None, responses=shapes.UserOutput)
    def post(self, request: Request, user_id: str) -> Response:
        return Response(present(services.deactivate_user(actor=person_of(request), user_id=int(user_id))))


class ActivateView(APIView):
    """Let a deactivated person log in again."""

    permission_classes = [IsAuthenticated, IsLead]

    @extend_schema(operation_id="users_activate", parameters=[ID], request=None, responses=shapes.UserOutput)
    def post(self, request: Request, user_id: str) -> Response:
        return Response(present(services.activate_user(actor=person_of(request), user_id=int(user_id))))


def _with_password(user: User, password: str, status: int) -> Response:
    body = {"user": present(user), "temporary_password": password}
    return Response(body, status, headers={"Cache-Control": "no-store"})


def _visible(request: Request, user_id: str) -> User:
    """The account, where the person may see it. Raises NotFound: a stranger learns nothing of accounts."""
    number, person = int(user_id), person_of(request)
    if not person.is_lead and number != person.pk:
        number = 0  # no account has it
    return selectors.user_by_id(number)
