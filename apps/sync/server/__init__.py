"""The server's side of the protocol: the rules, as plain services and selectors."""
