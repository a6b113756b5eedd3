"""Sends UDP a little below a rate for ever. argv: the address, megabits a second."""
import socket, sys, time

sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
size = 1400
per_tick = max(1, int(float(sys.argv[2]) * 1e6 * 0.97 / 8 / (size + 28) / 100))
due = time.time()
while True:
    for _ in range(per_tick):
        try:
            sender.sendto(b"x" * size, (sys.argv[1], 9))
        except OSError:
            pass
    due += 0.01
    time.sleep(max(0, due - time.time()))
