# Makes .venv fit the locked requirements. Sourced by the commands beside it, as
#     . "$(dirname "$0")/prepare.sh"; prepare run     (or: prepare test)
# Touches nothing outside the checkout, and nothing at all when everything is in place.
# shellcheck shell=sh

set -eu
unset CDPATH PYTHONHOME PYTHONPATH
root=$(cd "$(dirname "$0")/.." && pwd -P)
cd "$root"
venv=$root/.venv
python=$venv/bin/python

say() { printf '%s\n' "$*" >&2; }
fail() {
    say "$*"
    exit 1
}

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

# The first Python 3.11 or newer that can make virtual environments.
find_python() {
    incomplete=
    for name in ${PYTHON:+"$PYTHON"} python3 python3.14 python3.13 python3.12 python3.11; do
        is_new_enough "$name" || continue
        if "$name" -c 'import ensurepip, venv' >/dev/null 2>&1; then
            printf '%s' "$name"
            return
        fi
        incomplete=$name
    done
    [ -z "$incomplete" ] || fail "$incomplete has no venv module. On Debian or Ubuntu: apt install python3-venv"
    found=$(python3 --version 2>/dev/null) || found="no python3 at all"
    fail "Warmbench needs Python 3.11 or newer, and here is $found. Install one, or name it: PYTHON=/path/to/python3.12 $0"
}

# $1 MB must be free on the checkout's disk.
need_room() {
    free=$(df -Pk "$root" | awk 'NR == 2 { print int($4 / 1024) }')
    [ "$free" -ge "$1" ] || fail "The disk is almost full: $root has $free MB left, and $1 MB are needed."
}

is_installed() { cmp -s "requirements/$1.txt" "$venv/installed-$1.txt"; }

install() {
    case $1 in
        run) need_room 700 ;;
        test) need_room 1000 ;;
    esac
    if ! is_new_enough "$python" || ! "$python" -m pip --version >/dev/null 2>&1; then
        base=$(find_python)
        say "Making a virtual environment with $("$base" --version) …"
        "$base" -m venv --clear "$venv" || fail "The virtual environment could not be made in $venv."
    fi
    say "Installing what Warmbench needs into $venv (once, about a minute) …"
    # Wheels only: installing must not run other people's build scripts, nor need a compiler.
    # dkimpy has no wheel; it is pure Python and its hash is locked like the others'.
    PIP_USER=0 PIP_ROOT_USER_ACTION=ignore "$python" -m pip install -qq --no-input \
        --disable-pip-version-check --no-cache-dir --only-binary :all: --no-binary dkimpy \
        --no-deps --require-hashes --requirement "requirements/$1.txt" ||
        fail "The installation did not finish. Is there a connection, and room on the disk? Nothing is broken: run $0 again."
    cp "requirements/$1.txt" "$venv/installed-$1.txt"
}

# The project itself is found where it stands. Written again when the checkout was moved.
point_at_checkout() {
    [ "$(cat "$venv/checkout.txt" 2>/dev/null)" = "$root" ] && return
    site=$("$python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    printf '%s\n' "$root" >"$site/warmbench-checkout.pth"
    printf '%s\n' "$root" >"$venv/checkout.txt"
}

prepare() {
    if ! is_new_enough "$python" || { ! is_installed "$1" && ! is_installed test; }; then
        install "$1"
    fi
    point_at_checkout
}
