"""The only writer of state. Every function here writes exactly one audit event in the same transaction."""
