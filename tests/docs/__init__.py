"""What the guides say is so: their commands are run, and what they print is compared."""
