"""What leaves the archive: articles in the forms that others read. The same catalog always gives the same bytes."""
