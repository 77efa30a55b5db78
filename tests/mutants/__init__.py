"""Mutants: the build broken on purpose, one way at a time, and who must notice."""
