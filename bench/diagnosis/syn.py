"""A listener that is knocked at from addresses that never answer, so that half-open connections pile up. argv: SYNs a second."""
import random, socket, struct, sys, time

listener = socket.create_server(("127.0.0.1", 0), backlog=16)
port = listener.getsockname()[1]
raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)


def total(data):
    words = struct.unpack(">%dH" % (len(data) // 2), data)
    value = sum(words)
    while value >> 16:
        value = (value & 0xFFFF) + (value >> 16)
    return ~value & 0xFFFF


end = time.time() + 90
target = socket.inet_aton("127.0.0.1")
while time.time() < end:
    source = socket.inet_aton("198.18.%d.%d" % (random.randrange(256), random.randrange(1, 255)))
    tcp = struct.pack(">HHIIBBHHH", random.randrange(1024, 65536), port, random.getrandbits(32), 0, 5 << 4, 2, 65535, 0, 0)
    check = total(source + target + struct.pack(">BBH", 0, 6, len(tcp)) + tcp)
    tcp = tcp[:16] + struct.pack(">H", check) + tcp[18:]
    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 40, random.getrandbits(16), 0, 64, 6, 0, source, target)
    raw.sendto(head + tcp, ("127.0.0.1", port))
    time.sleep(1 / int(sys.argv[1]))
