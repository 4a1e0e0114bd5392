"""`bench memory`: the fuzzy index beside its peers, look-ups in a memory of a million entries, and over HTTP."""
