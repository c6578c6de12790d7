"""What Lantian keeps: WARC files, the catalog derived from them, and what is read back out."""
