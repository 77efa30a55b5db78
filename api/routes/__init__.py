"""One module for each part of the contract."""
