/**
 * Programs that print each packet of the loopback device that the filter in their last argument lets through, in hex,
 * a line for each; before them, a line that says they watch. Both run where the other is not: Debian's base has Perl,
 * other systems have Python.
 *
 *   socket(AF_PACKET = 17, SOCK_DGRAM = 2, ETH_P_ALL = 3), setsockopt(SOL_SOCKET = 1, SO_ATTACH_FILTER = 26)
 */
const perl = `
socket(my $s, 17, 2, unpack("S", pack("n", 3))) or exit 1;
my $f = pack("H*", $ARGV[0]);
setsockopt($s, 1, 26, pack('S x![J] P', length($f) / 8, $f)) or exit 1;
$| = 1;
print "watching\\n";
while (defined recv($s, my $p, 2048, 0)) { print unpack("H*", $p), "\\n" }`;

const python = `
import ctypes, socket, struct, sys
s = socket.socket(17, 2, socket.htons(3))
f = bytes.fromhex(sys.argv[1])
b = ctypes.create_string_buffer(f)
s.setsockopt(1, 26, struct.pack("@HP", len(f) // 8, ctypes.addressof(b)))
print("watching", flush=True)
while True:
    print(s.recv(2048).hex(), flush=True)`;

export const watchers: readonly (readonly [program: string, args: readonly string[]])[] = [
  ["perl", ["-e", perl]],
  ["python3", ["-I", "-S", "-c", python]],
];
