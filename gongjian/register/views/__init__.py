"""The register's pages. Each is shown to whoever is signed in, on the day in its address."""
