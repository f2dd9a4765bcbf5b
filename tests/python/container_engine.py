"""Stands in for podman and docker: starts the command of a container on this machine.

Usage: container_engine.py run [FLAG...] IMAGE [ARG...]
       container_engine.py rm --force NAME

The folder STAND_IN has its state: `calls`, with a JSON list of arguments per line, and a file for each running
container, with the id of its process. As with docker's daemon, a container outlives its client. Mounted
paths in the command are replaced by their paths on this machine. The image `missing:1` does not exist.
"""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

HOME = Path(os.environ["STAND_IN"])
WITH_VALUE = ("--name", "--env-file", "--env", "--volume", "--entrypoint")


def parsed(arguments):
    options = {name: [] for name in WITH_VALUE}
    rest = iter(arguments)
    for argument in rest:
        if argument in WITH_VALUE:
            options[argument].append(next(rest))
        elif argument != "--rm":
            if argument.startswith("-"):
                sys.exit(f"unknown flag: {argument}")
            return options, argument, list(rest)
    sys.exit("requires at least 1 argument")


def environment(options):
    variables = {"PATH": os.environ["PATH"]}
    for file in options["--env-file"]:
        lines = Path(file).read_text().splitlines()
        variables |= dict(line.split("=", 1) for line in lines)
    for name in options["--env"]:
        variables[name] = os.environ[name]
    return variables


def mounted(words, options):
    for volume in options["--volume"]:
        here, there, mode = volume.split(":")
        assert Path(here).is_dir() and mode in ("rw,Z", "ro,Z"), volume
        words = [word.replace(there, here) if here != there else word for word in words]
    return words


def start(arguments):
    options, image, words = parsed(arguments)
    if image == "missing:1":
        print(f"Unable to find image '{image}' locally", file=sys.stderr)
        return 125
    words = mounted(options["--entrypoint"] + words, options)
    try:
        process = subprocess.Popen(words, env=environment(options), start_new_session=True)
    except FileNotFoundError:
        print(f"exec: {words[0]}: not found", file=sys.stderr)
        return 127
    [name] = options["--name"]
    (HOME / name).write_text(str(process.pid))
    status = process.wait()
    (HOME / name).unlink(missing_ok=True)
    return status if status >= 0 else 128 - status


def remove(arguments):
    [force, name] = arguments
    assert force == "--force"
    file = HOME / name
    if file.exists():
        os.killpg(int(file.read_text()), signal.SIGKILL)
        file.unlink(missing_ok=True)
    return 0


def main():
    with (HOME / "calls").open("a") as calls:
        print(json.dumps(sys.argv[1:]), file=calls)
    command, *arguments = sys.argv[1:]
    return {"run": start, "rm": remove}[command](arguments)


if __name__ == "__main__":
    sys.exit(main())
