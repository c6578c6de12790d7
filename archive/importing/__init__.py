"""Bringing in WARC and WACZ files of others.

`records` tells records apart (the only importer of warcio), `foreign` makes exchanges of them, `revisits` finds the pages that
those refer to which say that nothing had changed, and `files` brings it all in.
"""
