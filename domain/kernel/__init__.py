"""What all lanes share: facts and events, time, actors, corrections, refusals."""
