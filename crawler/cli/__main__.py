"""`python -m crawler.cli` is `lantian`."""

from crawler.cli import main

main(prog_name="lantian")
