"""Lane 2, HYRA: the tenancy process (12 kap. jordabalken)."""
