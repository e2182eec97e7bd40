"""How a record gets into a target system: Robot Framework on rpaframework. Run as processes, never imported."""
