"""The routes under /v1: translate in, call the gateway, translate out."""
