#!/bin/sh
# What stands in for systemd in a root that it does not run in: starts what the units say, as the account they say.
set -eu
value() { sed -n "s/^$2=//p" "/etc/systemd/system/$1" | head -1; }
ours() { case "$1" in newsletter-*.service) return 0 ;; *) return 1 ;; esac; }
stop_one() {
    [ -f "/run/$1.pid" ] || return 0
    kill "$(cat "/run/$1.pid")" 2>/dev/null || true
    for _ in $(seq 200); do kill -0 "$(cat "/run/$1.pid")" 2>/dev/null || break; sleep 0.1; done
    rm -f "/run/$1.pid"
}
start_one() {
    mkdir -p /var/lib/newsletter /var/log/newsletter
    chown newsletter: /var/lib/newsletter
    set -a
    eval "$(value "$1" Environment | sed 's/ /; /g')"
    . "$(value "$1" EnvironmentFile)" # what stands there comes before what the unit says, as systemd has it
    set +a
    user=$(value "$1" User)
    cd "$(value "$1" WorkingDirectory)"
    # shellcheck disable=SC2046  # words are words
    setsid setpriv --reuid="$user" --regid="$user" --init-groups --no-new-privs --bounding-set=-all \
        sh -c 'umask 0077; exec "$@"' sh $(value "$1" ExecStart) >>"/var/log/newsletter/$1" 2>&1 </dev/null &
    echo $! >"/run/$1.pid"
}
command=$1
shift
for unit in "$@"; do
    case "$command $unit" in
    *" --now" | *.target | "daemon-reload "*) continue ;;
    esac
    if ours "$unit"; then
        [ "$command" = enable ] && command=start
        case "$command" in stop | restart) stop_one "$unit" ;; esac
        case "$command" in start | restart) start_one "$unit" ;; esac
    else
        service "${unit%.service}" "$command"
    fi
done
