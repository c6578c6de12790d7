"""WARC files as we write them, and as others do.

From the ground up: `records` (one record, one gzip member), `captures` (an exchange as records), `frame` (what stands
around them in a file), `openfile` (a file while it is written), `readback` (ours, strictly), `foreign` (any, tolerantly);
`tail` and `salvage` mend what a killed writer left, `tombstone` stands where a payload was deleted.
"""
