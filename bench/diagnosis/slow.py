"""Receivers that read too seldom, and senders of small segments, so that receive buffers fill with their overhead."""
import socket, threading, time

server = socket.create_server(("127.0.0.1", 0))


def read():
    while True:
        connection, _ = server.accept()
        threading.Thread(target=trickle, args=(connection,), daemon=True).start()


def trickle(connection):
    while connection.recv(2048):
        time.sleep(0.02)


def send():
    sender = socket.create_connection(server.getsockname())
    sender.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    while True:
        sender.send(b"x" * 64)


threading.Thread(target=read, daemon=True).start()
for _ in range(8):
    threading.Thread(target=send, daemon=True).start()
time.sleep(90)
