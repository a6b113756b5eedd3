"""Holds a TUN interface open at a link speed, and throws away what it carries. argv: the interface, megabits."""
import fcntl, os, socket, struct, sys

device, megabits = sys.argv[1], int(sys.argv[2])
tun = os.open("/dev/net/tun", os.O_RDWR)
fcntl.ioctl(tun, 0x400454CA, struct.pack("16sH", device.encode(), 0x1001))  # TUNSETIFF, IFF_TUN | IFF_NO_PI
# ETHTOOL_SSET of the speed (ethtool.h: struct ethtool_cmd).
command = bytearray(44)
struct.pack_into("III", command, 0, 2, 0, 0)
struct.pack_into("HBBBBBB", command, 12, megabits, 1, 0, 0, 0, 0, 0)
buffer = __import__("ctypes").create_string_buffer(bytes(command))
request = struct.pack("16sP", device.encode(), __import__("ctypes").addressof(buffer))
fcntl.ioctl(socket.socket(), 0x8946, request)
while True:
    os.read(tun, 65536)
