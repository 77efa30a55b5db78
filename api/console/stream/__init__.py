"""The live stream: one reader a process, only while somebody watches.

``read`` what happened, out of the database · ``today`` the day's figures, kept while watched ·
``feed`` the reader and its viewers · ``sse`` how a message travels.
"""
