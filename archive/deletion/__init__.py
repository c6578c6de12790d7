"""Deleting payloads under an order of law: the bytes and every text made of them go; that they were there, and why, stays.

What is to go is logged first; then each file is written anew with records of the same length in their places, and takes
its name; then catalog and index follow. Each step can be done again, and what a kill left undone is finished by whatever
writes to the archive next. So after a kill either nothing has happened, or it is still going to.
"""
