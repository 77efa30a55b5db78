"""Measurements that anybody can run again; none of them is a timed test."""
