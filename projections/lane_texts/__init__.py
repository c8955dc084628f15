"""The words of each lane, one module a lane."""
