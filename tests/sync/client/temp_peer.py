"""temporary"""
from __future__ import annotations
from typing import Any
from apps.sync.protocol import Hello, Nodes, Refused
from apps.sync import clock
from apps.sync.server import pull as spull, push as spush
from apps.ldm.models import *
from apps.ldm import permissions
from locanext_project import workspaces
from locanext_project.errors import NotFound, Forbidden
from apps.sync.client.tree import _OWN, _STAMPS

class TempPeer:
    def __init__(self, user: Any): self.user = user
    def __getattribute__(self, name: str) -> Any:
        value = object.__getattribute__(self, name)
        if name.startswith("_") or name == "user": return value
        def call(*a, **k):
            with workspaces.use(workspaces.SERVER):
                try: return value(*a, **k)
                except NotFound as e: raise Refused("gone", e.message)
                except Forbidden as e: raise Refused("forbidden", e.message)
        return call
    def hello(self, caller): return Hello(spull.epoch(), clock.now(), 1, {"id": self.user.pk, "name": self.user.name, "username": self.user.username, "role": self.user.role, "language": "en"})
    def path(self, file_id):
        file = permissions.get_file(self.user, file_id)
        nodes = []
        if file.project.platform: nodes.append(_node("platform", file.project.platform))
        nodes.append(_node("project", file.project))
        up, f = [], file.folder
        while f: up.append(_node("folder", f)); f = f.parent
        return nodes + up[::-1] + [_node("file", file)]
    def tree(self, cursor="", limit=500):
        ps = list(permissions.visible_projects(self.user))
        nodes = [_node("platform", p) for p in permissions.visible_platforms(self.user)] + [_node("project", p) for p in ps]
        for p in ps:
            nodes += [_node("folder", f) for f in Folder.objects.filter(project=p, trash=None).order_by("pk")]
            nodes += [_node("file", f) for f in File.objects.filter(project=p, trash=None)]
        return Nodes(nodes, "")
    def snapshot(self, file_id, token="", limit=5): return spull.snapshot(self.user, file_id, token, limit)
    def changes(self, file_id, since, generation, epoch, limit=5): return spull.changes(self.user, file_id, since, generation, epoch, limit)
    def push(self, caller, ops): return spush.push(actor=self.user, caller=caller, ops=ops)
    def original(self, file_id): return {}
    def memories(self, file_id): return []
    def conflicts(self, file_id): return []
    def resolve(self, *a): pass

def _node(kind, one):
    return {"kind": kind, "id": one.pk} | {n: getattr(one, n) for n in (*_OWN[kind], *_STAMPS)}
