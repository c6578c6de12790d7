"""Any WARC file against the header rules of ISO 28500 (WARC/1.0 and 1.1), whoever wrote it."""
