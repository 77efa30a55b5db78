"""Tests of the watch: each rule at its edge and on both sides of it."""
