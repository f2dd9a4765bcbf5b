# Usage: sh copilot.sh PYTHON SCRIPT [FLAG...] download|sidecar [FLAG...]
#
# A sidecar waits for its end signal from its first moment on. Python would start to listen later.
case " $* " in
*" sidecar "*)
    trap 'told=yes' TERM
    while [ -z "$told" ]; do sleep 0.05; done
    ;;
esac
exec "$@"
