"""What mirroring and sending cost, for `manage.py bench sync`."""
