"""One module for each subject."""
