"""The desk: home, where everything the reader has to do with comes together. Begin with queries.py."""
