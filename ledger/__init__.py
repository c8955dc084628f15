"""How facts are kept. Knows bytes, lanes and nämnder; knows no law."""
