"""Lane 5, DRIFT: nämnder and their successions, officers and their roles."""
