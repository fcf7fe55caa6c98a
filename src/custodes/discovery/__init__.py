"""The only room that touches a live network: read-only asking inside a declared scope. See docs/discover.md."""
