# Usage: sh copilot.sh PYTHON SCRIPT [FLAG...] download|sidecar [FLAG...]
#
# As a sidecar it waits until it is told to end, from its first moment on; Python takes longer to hear that.
case " $* " in
*" sidecar "*)
    trap 'told=yes' TERM
    while [ -z "$told" ]; do sleep 0.05; done
    ;;
esac
exec "$@"
