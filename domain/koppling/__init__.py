"""Lane 3, KOPPLING: what ties the two processes together, each tie with its own ground."""
