"""Planted patterns: episodes with known truth, and innocent look-alikes, among ordinary traffic."""
