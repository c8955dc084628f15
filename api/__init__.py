"""HTTP, and the one gateway that all reads and writes of people and programs pass. Translates; decides nothing."""
