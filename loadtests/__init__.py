"""Load from outside: villages on a market day, and an auditor that checks the money by HTTP.

Nothing here imports the bank. What the load knows, it knows from ``GET /sim/manifest``; what
happened to a key, from the API. ``locustfile``, ``users``, ``shapes``, ``wire``, ``master`` and
``worker`` import Locust or gevent; all the others are tested without them.
"""
