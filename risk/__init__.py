"""The watch: rules, hits, alerts. It knows the bank; the bank does not know it."""
