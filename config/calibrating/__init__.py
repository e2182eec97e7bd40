"""`laufzettel calibrate`: samples in, a calibration out."""
