"""What pages, the API and the command line ask of the register, each a fixed number of queries."""
