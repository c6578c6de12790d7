"""Whether each site still gives what it used to: measured from what its rounds counted, compared with its own past."""
