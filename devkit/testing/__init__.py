"""``bin/test``: every check of the project behind one command."""
