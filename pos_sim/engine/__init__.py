"""The thin shell around the decisions: it waits, groups, opens the transaction and commits."""
