"""The replay server: archived pages for people, on this machine only, never more trusted than they deserve.

`lookup` finds captures, `verdict` holds one against the log, `memento` speaks RFC 7089, `content` makes what is sent,
`pages` the frame around it, `server` answers requests.
"""
