"""Pages for people: Swedish, server-rendered, no script, readable on paper and on a phone."""
