"""What is shown: views folded from events at each request. Nothing here is stored."""
