"""The catalog: what the WARC files hold, as a database. Everything in it is derived; `lantian reindex` makes it anew.

`schema` has the tables, `entries` their lines, `storing` writes them, `catalog` opens it, `recorder` writes while pages
stream in.
"""
