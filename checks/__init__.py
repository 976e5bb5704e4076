"""The checks: one SQL file each, in a folder a group. Dropping in a file adds a check."""
