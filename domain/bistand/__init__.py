"""Lane 1, BESLUT: the decision process (socialtjänstlagen)."""
