"""People, their login sessions and the failed attempts that throttle a login."""

from __future__ import annotations

import unicodedata
import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.validators import MinLengthValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def fold_username(username: str) -> str:
    """The form in which two user names are the same: NFKC, without case, without outer spaces."""
    return unicodedata.normalize("NFKC", username.replace("\x00", "")).strip().casefold()


class FoldedUsernameField(models.CharField):
    """Follows `username` on every write, bulk writes included.

    The databases disagree on the lower case of anything but ASCII, so Python folds for both.
    """

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        folded = fold_username(model_instance.username)  # type: ignore[attr-defined]
        setattr(model_instance, self.attname, folded)
        return folded


class Role(models.TextChoices):
    """What a person is in the team. Each includes what the ones before it may do."""

    TRANSLATOR = "translator", _("Translator")
    REVIEWER = "reviewer", _("Reviewer")
    LEAD = "lead", _("Lead")
    ADMIN = "admin", _("Admin")


class UserManager(BaseUserManager["User"]):
    """Creates people. Use cases with rules and an audit entry are in `apps.accounts.services`."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        """A person with a hashed password (None: nobody can log in as this person)."""
        user = self.model(username=unicodedata.normalize("NFKC", username).strip(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> User:
        """An admin; what `manage.py createsuperuser` calls."""
        return self.create_user(username, password, **{"role": Role.ADMIN, "is_superuser": True, **fields})

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username_key=fold_username(username or ""))


class User(AbstractBaseUser, PermissionsMixin):
    """A person. `username` is unique without regard to case."""

    username = models.CharField(
        max_length=50, unique=True, validators=[MinLengthValidator(3), UnicodeUsernameValidator()]
    )
    username_key = FoldedUsernameField(max_length=100, unique=True, editable=False)
    email = models.EmailField(blank=True, default="")
    display_name = models.CharField(max_length=100, blank=True, default="")
    team = models.CharField(max_length=100, blank=True, default="")
    language = models.CharField(max_length=35, blank=True, default="")
    department = models.CharField(max_length=100, blank=True, default="")
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.TRANSLATOR)
    must_change_password = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    # The interface as this person set it: theme, density, ui_language, columns, ...
    preferences = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    password_changed_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["username_key"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        fields = kwargs.get("update_fields")
        if fields is not None and "username" in fields:
            kwargs["update_fields"] = {*fields, "username_key"}
        super().save(*args, **kwargs)

    @property
    def name(self) -> str:
        """How the interface calls this person."""
        return self.display_name or self.username

    @property
    def is_admin(self) -> bool:
        return self.is_superuser or self.role == Role.ADMIN

    @property
    def is_staff(self) -> bool:
        """Whether Django's admin lets this person in."""
        return self.is_admin

    @property
    def is_lead(self) -> bool:
        return self.is_admin or self.role == Role.LEAD

    @property
    def is_reviewer(self) -> bool:
        return self.is_lead or self.role == Role.REVIEWER

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return (self.is_active and self.is_admin) or super().has_perm(perm, obj)

    def has_module_perms(self, app_label: str) -> bool:
        return (self.is_active and self.is_admin) or super().has_module_perms(app_label)


class LocalPerson(models.Model):
    """Whose desktop this is: one row, with the id 1. Empty on servers, and on a desktop until its first start."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return str(self.user_id)


class LoginSession(models.Model):
    """One login on one device. It lives while `ended_at` is empty and neither time limit has passed.

    `refresh_hash` and `previous_hash` are SHA-256 of the secrets of the current refresh token
    and of the one before it (API logins only). `expires_at` moves with use, `ends_at` never.
    """

    class Kind(models.TextChoices):
        PAGE = "page", _("Browser")
        API = "api", _("Program")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="login_sessions")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    device = models.CharField(max_length=200, blank=True, default="")
    ip = models.CharField(max_length=45, blank=True, default="")
    family = models.UUIDField(default=uuid.uuid4, editable=False)
    refresh_hash = models.CharField(max_length=64, blank=True, default="")
    previous_hash = models.CharField(max_length=64, blank=True, default="")
    rotation_salt = models.CharField(max_length=64, blank=True, default="")
    rotated_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    last_seen_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=30, blank=True, default="")

    class Meta:
        verbose_name = _("login session")
        verbose_name_plural = _("login sessions")
        indexes = [
            models.Index(fields=["user", "ended_at"], name="accounts_session_user"),
            models.Index(fields=["family"], name="accounts_session_family"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind} {self.device}"

    @property
    def is_live(self) -> bool:
        now = timezone.now()
        return self.ended_at is None and now < self.expires_at and now < self.ends_at


class LoginAttempt(models.Model):
    """A login that failed. Names and addresses are compared exactly, never by substring."""

    username_key = models.CharField(max_length=100)
    ip = models.CharField(max_length=45)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["ip", "at"], name="accounts_attempt_ip"),
            models.Index(fields=["username_key", "ip", "at"], name="accounts_attempt_name_ip"),
        ]

    def __str__(self) -> str:
        return f"{self.username_key} {self.ip}"
