"""WARC files as we write them; those of others, of which `members` has the plain bytes, are read by `archive.importing`.

From the ground up: `records` (one record, one gzip member), `captures` (an exchange as records, `reference` for one
without a body of its own), `frame` (what stands around them in a file), `openfile` (a file while it is written),
`readback` (strictly, to the byte); `tail` and `salvage` mend what a killed writer left, `tombstone` stands where a payload
was deleted.
"""
