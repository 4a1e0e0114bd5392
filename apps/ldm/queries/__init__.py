"""What people ask for in words of their own: filters and patterns. Pure: no Django, nothing of ours."""
