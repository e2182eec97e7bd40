"""What `laufzettel evaluate` is made of: list, reading in several processes, report, curve, comparison."""
