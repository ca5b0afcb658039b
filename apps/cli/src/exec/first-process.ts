/**
 * The shell that becomes process 1 inside: it brings the loopback device up, makes every address its own, and waits for
 * the supervisor, meanwhile burying the processes whose parents are gone. With it ends everything inside.
 *
 * `ip` alone can make routes. Without them enforcement is the same, but a program is told "unreachable" instead of
 * "refused", and the watcher sees nothing of it. `src` is what a program finds that asks the kernel, by way of
 * a socket towards 8.8.8.8, which address it has.
 */
export const firstProcess = `
if command -v ip; then
  printf '%s\\n' 'link set lo up' 'route add local 0.0.0.0/0 dev lo src 127.0.0.1' 'route add local ::/0 dev lo src ::1' |
    ip -force -batch -
else
  ifconfig lo up || busybox ip link set lo up || busybox ifconfig lo up ||
    perl -e 'socket(S, 2, 2, 0); $up = pack("a16sx14", "lo", 65); ioctl(S, 0x8914, $up) or exit 1' ||
    python3 -I -S -c 'import fcntl,socket,struct; fcntl.ioctl(socket.socket(2, 2), 0x8914, struct.pack("16sh14x", b"lo", 65))'
fi >/dev/null 2>&1
"$@"
exit $?`;

/**
 * The shell outside, which becomes the way in. Ctrl-C and its like are for the command: tools on the way would end by
 * them, and take the command along. What those say goes to a file ($1), the command's stderr is passed on as 4.
 */
export const outerShell = `
export errors=$1; shift
trap '' HUP INT QUIT TERM USR1 USR2
exec "$@" 4>&2 2>"$errors"`;

/**
 * The same by sudo ($1), which closes whatever a program has besides the first three: what is to be 4 goes through as 2.
 * Sudo is asked first whether it needs a password, since it would say so on the command's stderr.
 */
export const sudoShell = `
sudo=$1; shift
"$sudo" -n true || exit 1
exec "$sudo" -n -- /bin/sh -c 'errors=$1; shift; exec "$@" 4>&2 2>"$errors"' sh "$errors" "$@" 2>&4 4>&-`;
