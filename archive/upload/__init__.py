"""A copy of an archive in an object store: what can be proved, in the layout of the archive directory, and nothing twice.

Needs the extra `lantian[s3]`. Below `s3://bucket/prefix/<id of the archive>/` lie the closed WARC files, what was imported,
the log, its seals and public keys: copied back, that is an archive which `lantian verify` reads. What never changes is
written once (`If-None-Match: *`) and read back; what grows (the head of the log, the last checkpoint, the keys) is
replaced only where it is an earlier state of the same log (`If-Match`).
"""
