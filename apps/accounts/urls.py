"""Addresses of the account pages."""

from __future__ import annotations

from django.urls import path, re_path

from apps.accounts import pages, people_pages

app_name = "accounts"
PERSON = r"^people/(?P<user_id>-?[0-9]{1,18})"

urlpatterns = [
    path("login", pages.login_page, name="login"),
    path("logout", pages.logout_page, name="logout"),
    path("password", pages.password_page, name="password"),
    path("language", pages.language_page, name="language"),
    path("account", pages.account_page, name="account"),
    path("account/sessions/<uuid:session_id>/end", pages.end_session_page, name="end-session"),
    path("account/sessions/end-others", pages.end_others_page, name="end-others"),
    path("people", people_pages.people_page, name="people"),
    re_path(PERSON + r"$", people_pages.person_page, name="person"),
    re_path(PERSON + r"/reset-password$", people_pages.reset_password_page, name="reset-password"),
    re_path(PERSON + r"/end-sessions$", people_pages.end_sessions_page, name="end-sessions"),
    re_path(PERSON + r"/deactivate$", people_pages.deactivate_page, name="deactivate"),
    re_path(PERSON + r"/activate$", people_pages.activate_page, name="activate"),
]
