"""A small Flyte in one process, with flyteidl's own services, for tests of clients.

It refuses what Flyte's admin refuses, with the same codes; it issues tokens, takes uploads, lets
Flyte's own engine run executions, with containers as local processes, and fails on demand. It records all
requests.
"""
