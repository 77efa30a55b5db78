"""Worlds from one integer: people, points, cards, bills, and what happens in them."""
