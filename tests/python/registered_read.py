"""Usage: registered_read.py VERSION NAME…

Reads tasks from the Flyte in the environment with flytekit's clients, and prints them as a JSON list.
"""

import json
import sys

from flytekit.clients.friendly import SynchronousFlyteClient
from flytekit.configuration import Config
from flytekit.remote import FlyteRemote

PROJECT, DOMAIN = "flytesnacks", "development"


def main():
    version, *names = sys.argv[1:]
    config = Config.auto()
    client = SynchronousFlyteClient(config.platform)
    remote = FlyteRemote(config, default_project=PROJECT, default_domain=DOMAIN)
    said = []
    for name in names:
        task = remote.fetch_task(name=name, version=version)
        template = client.get_task(task.id).closure.compiled_task.template
        said.append(
            {
                "name": template.id.name,
                "image": template.container.image,
                "inputs": sorted(task.interface.inputs),
                "link": remote.generate_console_url(task),
            }
        )
    json.dump(said, sys.stdout)


if __name__ == "__main__":
    main()
