"""The desktop window of LocaNext and the processes behind it."""
