"""The tables of the watch, and every SQL statement over them."""
