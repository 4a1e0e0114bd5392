"""The tree in Django's admin: to look at. Changes go through the services, which count, lock and record."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from apps.ldm.models import Capability, File, Folder, Grant, Platform, Project, TrashItem
from apps.ldm.services.tree import access, update
from apps.ldm.services.tree.structure import Ref
from locanext_project.read_only_admin import LargeReadOnlyAdmin


class RestrictableAdmin(LargeReadOnlyAdmin):
    """A node whose restriction can be switched; the service records it."""

    actions = ["restrict", "open_to_all"]

    @admin.action(description="Restrict to people with access")
    def restrict(self, request: HttpRequest, queryset: Any) -> None:
        self._set(request, queryset, True)

    @admin.action(description="Open to everybody")
    def open_to_all(self, request: HttpRequest, queryset: Any) -> None:
        self._set(request, queryset, False)

    def _set(self, request: HttpRequest, queryset: Any, restricted: bool) -> None:
        for node in queryset.filter(trash__isnull=True):
            ref = Ref(str(node._meta.model_name), node.pk)
            update.update_node(actor=request.user, ref=ref, changes={"restricted": restricted})  # type: ignore[arg-type]


@admin.register(Platform)
class PlatformAdmin(RestrictableAdmin):
    """Platforms."""

    list_display = ["name", "restricted", "created_by_name", "changed_at", "trash"]
    list_filter = ["restricted"]
    search_fields = ["name"]


@admin.register(Project)
class ProjectAdmin(RestrictableAdmin):
    """Projects."""

    list_display = ["name", "platform", "source_language", "target_language", "restricted", "changed_at", "trash"]
    list_filter = ["restricted", "target_language"]
    list_select_related = ["platform", "trash"]
    search_fields = ["name"]


@admin.register(Folder)
class FolderAdmin(LargeReadOnlyAdmin):
    """Folders."""

    list_display = ["name", "project", "parent", "changed_at", "trash"]
    list_select_related = ["project", "parent", "trash"]
    search_fields = ["name"]


@admin.register(File)
class FileAdmin(LargeReadOnlyAdmin):
    """Files."""

    list_display = ["name", "project", "folder", "format", "target_language", "revision", "changed_at", "trash"]
    list_filter = ["format", "target_language"]
    list_select_related = ["project", "folder", "trash"]
    search_fields = ["name"]


@admin.register(TrashItem)
class TrashItemAdmin(LargeReadOnlyAdmin):
    """The recycle bin."""

    list_display = ["name", "kind", "path", "files", "deleted_by_name", "deleted_at", "expires_at"]
    list_filter = ["kind"]
    search_fields = ["name", "path"]


@admin.register(Grant)
class GrantAdmin(LargeReadOnlyAdmin):
    """Grants; they are withdrawn by the service."""

    list_display = ["user", "platform", "project", "granted_by_name", "granted_at"]
    list_select_related = ["user", "platform", "project"]
    actions = ["withdraw"]

    @admin.action(description="Withdraw access")
    def withdraw(self, request: HttpRequest, queryset: Any) -> None:
        for grant in queryset:
            ref = Ref("platform", grant.platform_id) if grant.platform_id else Ref("project", grant.project_id)
            access.remove_grant(actor=request.user, ref=ref, user_id=grant.user_id)  # type: ignore[arg-type]


@admin.register(Capability)
class CapabilityAdmin(ModelAdmin):
    """Capabilities: given and withdrawn here through the services."""

    list_display = ["user", "name", "expires_at", "granted_by_name", "granted_at"]
    list_filter = ["name"]
    list_select_related = ["user"]
    fields = ["user", "name", "expires_at"]

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return obj is None and super().has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Capability, form: Any, change: bool) -> None:
        given = access.grant_capability(
            actor=request.user,  # type: ignore[arg-type]
            user_id=obj.user_id,
            name=obj.name,
            expires_at=obj.expires_at,
        )
        obj.pk = given.pk

    def delete_model(self, request: HttpRequest, obj: Capability) -> None:
        access.withdraw_capability(actor=request.user, user_id=obj.user_id, name=obj.name)  # type: ignore[arg-type]

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for capability in queryset:
            self.delete_model(request, capability)
