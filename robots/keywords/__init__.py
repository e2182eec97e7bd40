"""The keywords behind `entry.resource` and the target files."""
