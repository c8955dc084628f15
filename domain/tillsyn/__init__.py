"""Lane 4, TILLSYNSÄRENDEN: supervision, gallring and gallringsspärr."""
