"""Connections whose receivers do not read, so that what was sent stays in the kernel's memory."""
import socket, threading, time

server = socket.create_server(("127.0.0.1", 0), backlog=64)
kept = []


def accept():
    while True:
        kept.append(server.accept()[0])


def send():
    sender = socket.socket()
    sender.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
    sender.connect(server.getsockname())
    while True:
        sender.send(b"x" * 65536)


threading.Thread(target=accept, daemon=True).start()
for _ in range(32):
    threading.Thread(target=send, daemon=True).start()
time.sleep(90)
