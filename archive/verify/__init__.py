"""What can be proved of an archive, by the archive alone: offline, reading only, without catalog or configuration."""
