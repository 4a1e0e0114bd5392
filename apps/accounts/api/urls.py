"""Addresses of accounts under /api/v1/."""

from __future__ import annotations

from django.urls import path, re_path

from apps.accounts.api import login, people

# Ids below zero were born on a desktop.
USER = r"^users/(?P<user_id>-?[0-9]{1,18})"

urlpatterns = [
    path("auth/login", login.LoginView.as_view(), name="auth-login"),
    path("auth/refresh", login.RefreshView.as_view(), name="auth-refresh"),
    path("auth/logout", login.LogoutView.as_view(), name="auth-logout"),
    path("auth/me", login.MeView.as_view(), name="auth-me"),
    path("auth/me/preferences", login.PreferencesView.as_view(), name="auth-me-preferences"),
    path("auth/password", login.PasswordView.as_view(), name="auth-password"),
    path("auth/sessions", login.SessionsView.as_view(), name="auth-sessions"),
    path("auth/sessions/<uuid:session_id>", login.SessionView.as_view(), name="auth-session"),
    path("users", people.PeopleView.as_view(), name="users"),
    re_path(USER + r"$", people.PersonView.as_view(), name="user"),
    re_path(USER + r"/reset-password$", people.ResetPasswordView.as_view(), name="user-reset-password"),
    re_path(USER + r"/end-sessions$", people.EndSessionsView.as_view(), name="user-end-sessions"),
    re_path(USER + r"/deactivate$", people.DeactivateView.as_view(), name="user-deactivate"),
    re_path(USER + r"/activate$", people.ActivateView.as_view(), name="user-activate"),
]
