"""The JSON of accounts: what comes in, checked, and what goes out, described."""

from __future__ import annotations

from rest_framework import serializers

from apps.accounts.models import LoginSession, Role, User
from apps.accounts.services import TokenPair


class LoginInput(serializers.Serializer[None]):
    """A login of a program. `device` is what the list of sessions shows."""

    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=1024, trim_whitespace=False, write_only=True)
    device = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class RefreshInput(serializers.Serializer[None]):
    """A refresh token."""

    refresh = serializers.CharField(max_length=500)


class LogoutInput(serializers.Serializer[None]):
    """The refresh token, where the access token is over already."""

    refresh = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class PasswordInput(serializers.Serializer[None]):
    """The present and the new password."""

    current = serializers.CharField(max_length=1024, trim_whitespace=False, write_only=True)
    new = serializers.CharField(max_length=1024, trim_whitespace=False, write_only=True)


class UserOutput(serializers.ModelSerializer[User]):
    """An account as leads and admins see it."""

    name = serializers.CharField(read_only=True)

    class Meta:
        model = User
        fields = [
            "id",
            "username",
            "name",
            "display_name",
            "email",
            "team",
            "language",
            "department",
            "role",
            "is_active",
            "must_change_password",
            "created_at",
            "last_login",
        ]
        read_only_fields = fields


class MeOutput(serializers.ModelSerializer[User]):
    """The person who asks."""

    name = serializers.CharField(read_only=True)
    is_lead = serializers.BooleanField(read_only=True)
    is_reviewer = serializers.BooleanField(read_only=True)
    is_admin = serializers.BooleanField(read_only=True)
    preferences = serializers.DictField(read_only=True)

    class Meta:
        model = User
        fields = [
            "id",
            "username",
            "name",
            "display_name",
            "email",
            "team",
            "language",
            "department",
            "role",
            "is_lead",
            "is_reviewer",
            "is_admin",
            "must_change_password",
            "preferences",
        ]
        read_only_fields = fields


class UserInput(serializers.Serializer[None]):
    """A new account. The rules of each field are the model's; the service checks them."""

    username = serializers.CharField(max_length=50, min_length=3)
    role = serializers.ChoiceField(choices=Role.choices, default=Role.TRANSLATOR)
    display_name = serializers.CharField(max_length=100, allow_blank=True, default="")
    email = serializers.EmailField(allow_blank=True, default="")
    team = serializers.CharField(max_length=100, allow_blank=True, default="")
    language = serializers.CharField(max_length=35, allow_blank=True, default="")
    department = serializers.CharField(max_length=100, allow_blank=True, default="")


class UserChanges(serializers.Serializer[None]):
    """What of an account changes; what is left out stays."""

    username = serializers.CharField(max_length=50, min_length=3, required=False)
    role = serializers.ChoiceField(choices=Role.choices, required=False)
    display_name = serializers.CharField(max_length=100, allow_blank=True, required=False)
    email = serializers.EmailField(allow_blank=True, required=False)
    team = serializers.CharField(max_length=100, allow_blank=True, required=False)
    language = serializers.CharField(max_length=35, allow_blank=True, required=False)
    department = serializers.CharField(max_length=100, allow_blank=True, required=False)


class NewPasswordOutput(serializers.Serializer[None]):
    """An account and its temporary password, which is shown this once."""

    user = UserOutput()
    temporary_password = serializers.CharField()


class UserPage(serializers.Serializer[None]):
    """One page of accounts."""

    results = UserOutput(many=True)
    next = serializers.CharField(allow_null=True)


class SessionOutput(serializers.ModelSerializer[LoginSession]):
    """A login of the person who asks; `current` is the one this request came with."""

    current = serializers.SerializerMethodField()

    class Meta:
        model = LoginSession
        fields = ["id", "kind", "device", "ip", "created_at", "last_seen_at", "expires_at", "ends_at", "current"]
        read_only_fields = fields

    def get_current(self, session: LoginSession) -> bool:
        return session.pk == self.context.get("current")


class SessionList(serializers.Serializer[None]):
    """Every living login of the person."""

    results = SessionOutput(many=True)


class EndedOutput(serializers.Serializer[None]):
    """How many logins ended."""

    ended = serializers.IntegerField()


class TokensOutput(serializers.Serializer[None]):
    """A pair of tokens; `expires_in` is the access token's life in seconds."""

    token_type = serializers.CharField(default="Bearer")
    access = serializers.CharField()
    expires_in = serializers.IntegerField()
    refresh = serializers.CharField()
    refresh_expires_at = serializers.DateTimeField()
    session = serializers.UUIDField()
    user = MeOutput()


def present_tokens(pair: TokenPair) -> dict[str, object]:
    """The JSON of a TokenPair."""
    return {
        "token_type": "Bearer",
        "access": pair.access,
        "expires_in": pair.access_expires_in,
        "refresh": pair.refresh,
        "refresh_expires_at": pair.refresh_expires_at.isoformat(),
        "session": str(pair.session.pk),
        "user": MeOutput(pair.session.user).data,
    }
