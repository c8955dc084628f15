"""What the events mean. Pure: no store, no clock, no randomness."""
