"""Tests of the watch over a real database: what it reads, what it writes."""
