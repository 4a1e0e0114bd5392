"""The editor's page, measured in a browser."""
