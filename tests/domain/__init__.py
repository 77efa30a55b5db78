"""Tests of the pure rooms: no database, no clock, no mocks."""
