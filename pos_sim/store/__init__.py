"""Every SQL statement of the money path, and the only commit."""
