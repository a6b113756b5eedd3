"""A far server on this machine: a TUN interface that gives back what is sent into it, with the two addresses exchanged, later
and not always. Whoever talks to the second address reaches the first one, over a path that delays and loses. The checksums
stay right, as an exchange does not change a sum.
argv: the interface, the delay of one way in milliseconds, the share that is lost of packets with data."""
import collections, fcntl, os, random, select, struct, sys, time

device, delay, lost = sys.argv[1], float(sys.argv[2]) / 1000, float(sys.argv[3])
tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
fcntl.ioctl(tun, 0x400454CA, struct.pack("16sH", device.encode(), 0x1001))  # TUNSETIFF, IFF_TUN | IFF_NO_PI
print("open", flush=True)
waiting = collections.deque()
while True:
    now = time.monotonic()
    while waiting and waiting[0][0] <= now:
        try:
            os.write(tun, waiting.popleft()[1])
        except OSError:
            pass  # the interface is not up yet
    select.select([tun], [], [], max(0, waiting[0][0] - now) if waiting else None)
    try:
        while True:
            packet = os.read(tun, 65536)
            # Only IPv4; acknowledgements are small and get through.
            if packet[0] >> 4 == 4 and not (len(packet) > 200 and random.random() < lost):
                back = packet[:12] + packet[16:20] + packet[12:16] + packet[20:]
                waiting.append((time.monotonic() + delay, back))
    except BlockingIOError:
        pass
