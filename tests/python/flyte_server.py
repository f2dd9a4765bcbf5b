"""Usage: flyte_server.py FOLDER [OPTION …]

A small Flyte in one process: see the package `flyte`, and --help.
"""

from flyte.server import main

main()
