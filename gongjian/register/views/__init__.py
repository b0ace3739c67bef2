"""The register's pages. What of them is public is shown to everybody, on the day in the address."""
