"""A whole year of the network: seasons, income, the days one after the other, and the report."""
