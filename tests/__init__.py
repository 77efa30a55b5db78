"""Tests: the same tree as the code, the same words."""
