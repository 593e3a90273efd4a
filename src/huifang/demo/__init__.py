"""Two generated businesses to try the product on: a repair shop and a hospital; nobody and nothing in them is real."""
