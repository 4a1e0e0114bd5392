"""`bench live`: simulated translators on one file, over a real server and real sockets."""
