"""The load, without Locust: its monkey patching stays out of this process."""
