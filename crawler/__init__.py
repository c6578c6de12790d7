"""How Lantian reaches the network and the people who run it: Scrapy wiring and the command line."""
