"""Facts in files, and the scripts that made them; nothing here runs with the bank."""
