"""Live editing: what happened to a file, carried to every socket that has it open.

A commit is told to the hubs of its process (`feed`), and to other processes where they share Redis
(`relay`). A hub gathers what happened to a file for a moment, makes one frame of it, and puts it
into the outbox of every socket. Sockets are hints: whatever is lost is fetched by revision.
"""
