"""The pure part of Lantian: from the bytes of one exchange to links or an article.

Nothing here reads a file, a clock, a socket or a database; the same capture always gives the same outcome.
"""
