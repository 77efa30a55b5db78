"""The pictures of docs/img, made again from the running console: ``python -m tests.pictures``."""
