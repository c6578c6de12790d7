"""What became of a page over time: `historian` tells it from the catalog, `check` holds that against records and log."""
