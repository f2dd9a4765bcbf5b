"""Spark's own knowledge of its settings.

Reads a JSON list of sample values from standard input. Writes a JSON object to standard output: for each key
of Spark's registry, the error of its own converter for each of the samples, or null if it accepts the sample.
For a key that takes one of some words, the samples include these words in upper and in lower case.
"""

import glob
import json
import os
import re
import sys
import zipfile

import pyspark
from py4j.protocol import Py4JJavaError
from pyspark.java_gateway import launch_gateway

JARS = os.path.join(os.path.dirname(pyspark.__file__), "jars", "spark-*.jar")
WORDS = re.compile(r"should be one of '(.*)'\.")


def load_settings(jvm):
    """Initializes the objects that declare settings, which puts these into the registry."""
    loader = jvm.java.lang.Thread.currentThread().getContextClassLoader()
    for path in glob.glob(JARS):
        with zipfile.ZipFile(path) as jar:
            for name in jar.namelist():
                if name.endswith("$.class") and declares(jar.read(name)):
                    name = name.removesuffix(".class").replace("/", ".")
                    jvm.java.lang.Class.forName(name, True, loader)


def declares(code):
    return b"internal/config/ConfigBuilder" in code or b"buildConf" in code


def registry(jvm):
    companion = jvm.java.lang.Class.forName("org.apache.spark.internal.config.ConfigEntry$")
    known = companion.getDeclaredField("knownConfigs")
    known.setAccessible(True)
    return known.get(companion.getField("MODULE$").get(None))


def verdict(converter, value):
    try:
        converter.apply(value)
    except Py4JJavaError as refused:
        return refused.java_exception.getMessage()
    return None


def verdicts(converter, samples):
    found = {value: verdict(converter, value) for value in samples}
    words = next(filter(None, (WORDS.search(message or "") for message in found.values())), None)
    if words:
        for word in words[1].split(", "):
            found.update((text, verdict(converter, text)) for text in (word, word.upper(), word.lower()))
    return found


def main():
    samples = json.load(sys.stdin)
    gateway = launch_gateway()
    try:
        load_settings(gateway.jvm)
        settings = registry(gateway.jvm)
        converters = {key: settings.get(key).valueConverter() for key in list(settings.keySet())}
        json.dump({key: verdicts(it, samples) for key, it in converters.items()}, sys.stdout)
    finally:
        gateway.shutdown()


main()
