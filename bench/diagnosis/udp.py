"""A receiver with a tiny buffer that reads too seldom. argv: the buffer's bytes."""
import socket, sys, time

receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, int(sys.argv[1]))
receiver.bind(("127.0.0.1", 0))
receiver.setblocking(False)
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
end = time.time() + 90
while time.time() < end:
    for _ in range(20):
        sender.sendto(b"x" * 512, receiver.getsockname())
    for _ in range(5):
        try:
            receiver.recv(1024)
        except BlockingIOError:
            break
    time.sleep(0.02)
