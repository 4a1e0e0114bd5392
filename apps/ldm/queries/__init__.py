"""What people ask for in words of their own: the filter language and patterns. Pure: no Django, nothing of ours."""

from apps.ldm.queries.errors import QueryError
from apps.ldm.queries.parser import parse
from apps.ldm.queries.tree import All, Any, Node, Not, Op, Term, all_of, any_of

__all__ = ["All", "Any", "Node", "Not", "Op", "QueryError", "Term", "all_of", "any_of", "parse"]
