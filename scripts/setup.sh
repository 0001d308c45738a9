#!/bin/sh
# Installs the Debian packages named in the given lists that are not there yet, and nothing else.
# Usage: scripts/setup.sh packages/build.txt [packages/test.txt ...]
set -eu

wanted=$(sed 's/#.*//' "$@" | tr -s ' \t\n' ' ')
missing=
for package in $wanted; do
  state=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$state" = installed ] || missing="$missing $package"
done
# Through npm come the vocabularies of tokenizers, which a build can do without, and the client
# libraries, which the tests cannot. Any version that is there will do.
if ! command -v npm >/dev/null 2>&1; then
  case " $* " in
    *packages/test.txt*) missing="$missing npm" ;;
    *) [ "$(id -u)" != 0 ] || missing="$missing npm" ;;
  esac
fi
[ -n "$missing" ] || exit 0

if [ "$(id -u)" != 0 ]; then
  echo "wye: these Debian packages are missing:$missing" >&2
  echo "wye: install them as root:  apt-get install$missing" >&2
  exit 1
fi
echo "installing:$missing"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# Some packages are servers of which only the programs are wanted: none is started, now or at the
# next boot. A policy that is there already is somebody else's and stays.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
fi
# shellcheck disable=SC2086
apt-get install -y -qq --no-install-recommends $missing
if [ -d /run/systemd/system ]; then
  for server in haproxy nginx prometheus; do
    case " $missing " in *" $server "*) systemctl disable --quiet "$server" ;; esac
  done
fi
