"""Kernels for hostile code: forked from a warm server, each in its own namespaces, with limits."""
