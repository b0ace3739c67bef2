"""What the command line offers, a module for each matter. `gongjian.cli` puts them together."""
