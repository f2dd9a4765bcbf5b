"""A small Flyte in one process, made of flyteidl's own services, for tests of clients.

It refuses what Flyte's admin refuses, with the same codes; it issues tokens, takes uploads, lets
Flyte's own engine run executions, with containers as processes here, and fails on demand. All that it was
asked is written down.
"""
