"""HTTP, and the gateways that all reads and writes pass. Translates; decides nothing."""
